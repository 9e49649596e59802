// The script of public forms. They work without it; it hides what a condition does not ask for, shows articles while one
// types, does a little work that makes sending in masses dear, and keeps a second click from sending again.
"use strict";

(() => {
  const form = document.querySelector ("form[data-contact]");
  if (!form)
    return;

  // SHA-256 (FIPS 180-4), since browsers have it only on pages that came by TLS.
  const primes = [];
  for (let n = 2; primes.length < 64; n++)
    if (primes.every ((p) => n % p))
      primes.push (n);
  const part = (x) => ((x - Math.floor (x)) * 2 ** 32) | 0;
  const K = primes.map ((p) => part (Math.cbrt (p)));
  const START = primes.slice (0, 8).map ((p) => part (Math.sqrt (p)));
  const W = new Int32Array (64);

  function firstWord (bytes) {
    const size = ((bytes.length + 8) >> 6) + 1 << 4;
    const words = new Int32Array (size);
    let h = START;
    bytes.forEach ((byte, i) => { words[i >> 2] |= byte << (24 - i % 4 * 8); });
    words[bytes.length >> 2] |= 0x80 << (24 - bytes.length % 4 * 8);
    words[size - 1] = bytes.length * 8;
    for (let at = 0; at < size; at += 16) {
      let [a, b, c, d, e, f, g, last] = h;
      for (let i = 0; i < 64; i++) {
        if (i < 16) {
          W[i] = words[at + i];
        } else {
          const x = W[i - 15], y = W[i - 2];
          W[i] = (W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
                  + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
        }
        const t1 = (last + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i]) | 0;
        const t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c)) | 0;
        last = g; g = f; f = e; e = (d + t1) | 0;
        d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      h = [a, b, c, d, e, f, g, last].map ((x, i) => (x + h[i]) | 0);
    }
    return h[0] >>> 0;
  }

  const key = form.elements.key.value;
  const bits = Number (form.dataset.work);
  let proof = null;

  async function work () {
    const encoder = new TextEncoder ();
    for (let n = 0; ; n++) {
      if (firstWord ([...encoder.encode (`${key}:${n}`)]) >>> (32 - bits) === 0)
        return n;
      if (n % 500 === 499)
        await new Promise ((done) => setTimeout (done));
    }
  }

  const begin = () => proof ??= work ();
  form.addEventListener ("input", begin, { once: true });

  let isSending = false;
  form.addEventListener ("submit", async (event) => {
    if (form.elements.work)
      return;
    event.preventDefault ();
    if (isSending)
      return;
    isSending = true;
    const button = event.submitter;
    form.setAttribute ("aria-busy", "true");
    const add = (name, value) => {
      const input = document.createElement ("input");
      Object.assign (input, { type: "hidden", name, value });
      form.append (input);
    };
    if (button?.name)
      add (button.name, button.value);
    add ("work", await begin ());
    for (const one of form.querySelectorAll ("button"))
      one.disabled = true;
    form.submit ();
  });
  // Back from the next page: what was added for it is not for another.
  addEventListener ("pageshow", (event) => {
    if (event.persisted)
      location.reload ();
  });

  // Conditions.
  const conditional = [...form.querySelectorAll ("[data-when]")];
  function holds (part) {
    const name = part.dataset.when;
    const own = form.elements[name];
    const asked = [...form.querySelectorAll (".field")].find ((f) => f.querySelector (`[name="${name}"], [name^="${name}."]`));
    if (asked?.hidden)
      return false;
    if (own && own.type === "checkbox")
      return own.checked;
    if (own)
      return own.value === part.dataset.is;
    return [...form.querySelectorAll (`[name^="${name}."]`)].some ((box) => box.checked && box.dataset.choice === part.dataset.is);
  }
  function showAsked () {
    for (const field of conditional) {
      field.hidden = !holds (field);
      field.querySelector (".condition").hidden = true;
      for (const input of field.querySelectorAll ("input:not([type=file]), select, textarea"))
        if ("required" in field.dataset && !input.dataset.choice)
          input.required = !field.hidden;
    }
  }
  if (conditional.length) {
    form.addEventListener ("change", showAsked);
    showAsked ();
  }

  // Files that are too large are told of before they travel.
  const files = form.querySelector ("input[type=file]");
  files?.addEventListener ("change", () => {
    const large = [...files.files].find ((file) => file.size > Number (files.dataset.bytes));
    files.setCustomValidity (large ? `${large.name}: ${document.getElementById (files.getAttribute ("aria-describedby")).textContent}` : "");
    files.reportValidity ();
  });

  // Articles while one types; the server's bound of confidence is the same.
  const aside = document.getElementById ("suggested");
  let timer, last = "";
  async function suggest () {
    const text = ["subject", "text"].map ((name) => form.elements[name]?.value ?? "").join ("\n").trim ().slice (0, 500);
    if (text.length < 12 || text === last)
      return;
    last = text;
    const answer = await fetch (`/api/v1/kb/search?q=${encodeURIComponent (text)}`);
    if (!answer.ok || text !== last)
      return;
    const articles = (await answer.json ()).articles;
    const shown = articles.length && articles[0].confidence >= 0.35 ? articles.slice (0, 3) : [];
    const list = aside.querySelector ("ul");
    // What is shown already stays: somebody may be about to press it.
    if (shown.map ((article) => String (article.id)).join () === [...list.querySelectorAll ("button")].map ((button) => button.value).join ())
      return;
    list.replaceChildren ();
    for (const article of shown) {
      const item = document.createElement ("li"), link = document.createElement ("a"), button = document.createElement ("button");
      Object.assign (link, { href: article.url, target: "_blank", textContent: article.title, dir: "auto" });
      Object.assign (button, { name: "solved", value: article.id, textContent: aside.dataset.solved, formNoValidate: true, className: "small" });
      item.className = "row apart";
      item.append (link, button);
      list.append (item);
    }
    aside.hidden = !list.childElementCount;
    form.elements.step.value = aside.hidden ? "write" : "send"; // what was shown need not be a step too
  }
  if (aside && "suggests" in form.dataset)
    form.addEventListener ("input", (event) => {
      if (!["subject", "text"].includes (event.target.name))
        return;
      clearTimeout (timer);
      timer = setTimeout (suggest, 400);
    });

  document.getElementById ("errors")?.focus ();
})();
