// The desk's only script. Every page works without it; it adds keys, drafts that survive, live refresh and counting
// down an undo. Nothing is built from text that came from outside: fragments come from our own pages, as they are.
"use strict";

(() => {
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // Does somebody work in it: with the focus inside, or with something typed or chosen and not yet sent?
  function isInUse (part) {
    return (part !== document.activeElement && part.contains (document.activeElement))
      || [...part.querySelectorAll ("input[type=checkbox], input[type=radio]")].some ((f) => f.checked !== f.defaultChecked)
      || [...part.querySelectorAll ("input:not([type=hidden]), textarea")].some ((f) => f.value !== f.defaultValue)
      || [...part.querySelectorAll ("select")].some ((f) =>
        f.selectedIndex !== Math.max (0, [...f.options].findIndex ((option) => option.defaultSelected)));
  }

  // The forms are for what the page shows: only when all that is new is shown, they may say that it was seen.
  function catchUp (page) {
    for (const name of ["if_version", "seen"]) {
      const fresh = page.querySelector (`input[name=${name}]`);
      for (const old of fresh ? document.querySelectorAll (`input[name=${name}]`) : [])
        old.value = fresh.value;
    }
  }

  // What is out of date is fetched again and replaced, but never under somebody's hands.
  async function refresh () {
    const answer = await fetch (location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok || answer.redirected)
      return;
    const page = new DOMParser ().parseFromString (await answer.text (), "text/html");
    let isComplete = true;
    for (const old of document.querySelectorAll ("[data-refresh], .nav[id]")) {
      const fresh = old.id && page.getElementById (old.id);
      if (!fresh || old.innerHTML === fresh.innerHTML)
        continue;
      if (isInUse (old)) {
        isComplete = false;
        continue;
      }
      const news = old.id === "timeline" && old.childElementCount < fresh.childElementCount && document.getElementById ("news");
      if (news)
        news.hidden = ![...document.querySelectorAll (".composer textarea")].some ((field) => field.value);
      const open = [...old.querySelectorAll ("details[open]")].map ((d) => d.closest ("[id]")?.id);
      old.replaceChildren (...fresh.childNodes);
      for (const id of open)
        document.getElementById (id)?.querySelector ("details")?.setAttribute ("open", "");
    }
    if (isComplete)
      catchUp (page);
  }

  function listen () {
    const address = document.body.dataset.live;
    if (!address || !("EventSource" in window))
      return;
    let waiting = 0;
    const source = new EventSource (address);
    source.addEventListener ("change", () => {
      clearTimeout (waiting);
      waiting = setTimeout (() => refresh ().catch (() => {}), 150);
    });
    addEventListener ("pagehide", () => source.close ());
  }

  // Letters change without an event: while one is on its way the page looks again, less and less often; work in the
  // background says how often at least.
  function follow (seconds) {
    const what = document.querySelector ("[data-unsettled]");
    if (what) {
      const next = Math.min (seconds * 1.5, Number (what.dataset.unsettled) || 60);
      setTimeout (() => refresh ().catch (() => {}).finally (() => follow (next)), seconds * 1000);
    }
  }

  // Drafts stay in this browser until the page says that the answer is kept.
  function drafts () {
    const kind = document.querySelector (".toast")?.dataset.kind;
    for (const form of document.querySelectorAll ("form[data-draft]")) {
      const field = form.querySelector ("textarea");
      const key = `draft:${form.dataset.draft}`;
      if (kind === form.dataset.done)
        sessionStorage.removeItem (key);
      if (!field.value)
        field.value = sessionStorage.getItem (key) || "";
      field.addEventListener ("input", () => sessionStorage.setItem (key, field.value));
      field.addEventListener ("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault ();
          if (event.shiftKey && form.elements.status)
            form.elements.status.value = "solved";
          form.requestSubmit ();
        }
      });
    }
  }

  const rows = () => [...document.querySelectorAll (".ticket-row")];

  function move (step) {
    const all = [...document.querySelectorAll (".ticket-row, .kb-rows > li > :first-child")];
    const at = all.indexOf (document.activeElement);
    all[Math.max (0, Math.min (all.length - 1, at < 0 ? 0 : at + step))]?.focus ();
  }

  // Choosing rows: one, or all from the last one that was chosen.
  let lastPick = -1;
  const picks = () => [...document.querySelectorAll (".pick input")];

  function count () {
    const output = document.getElementById ("bulk-count");
    if (output)
      output.value = picks ().filter ((pick) => pick.checked).length;
  }

  function choose (at, isRange) {
    const all = picks ();
    if (!all[at])
      return;
    const from = isRange && lastPick >= 0 ? lastPick : at;
    const value = isRange ? true : !all[at].checked;
    for (let i = Math.min (from, at); i <= Math.max (from, at); i++)
      all[i].checked = value;
    lastPick = at;
    count ();
  }

  document.addEventListener ("click", (event) => {
    const at = picks ().indexOf (event.target);
    if (at < 0)
      return;
    if (event.shiftKey && lastPick >= 0)
      choose (at, true);
    lastPick = at;
    count ();
  });
  addEventListener ("pageshow", count);

  function compose (mode) {
    const choice = document.getElementById (`mode-${mode}`);
    if (!choice)
      return;
    choice.checked = true;
    const field = document.getElementById (`${mode}-text`);
    field.scrollIntoView ({ block: "center" });
    field.focus ();
  }

  // An article's text goes where the cursor is. The page that the link leads to has it in its composer.
  async function insert (link) {
    const answer = await fetch (link.href, { credentials: "same-origin" });
    if (!answer.ok)
      return;
    const page = new DOMParser ().parseFromString (await answer.text (), "text/html");
    const field = document.getElementById ("reply-text");
    const known = document.getElementById ("reply-articles");
    const ids = new Set (`${known.value} ${page.getElementById ("reply-articles").value}`.split (" ").filter (Boolean));
    compose ("reply");
    field.setRangeText (page.getElementById ("reply-text").value, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent (new Event ("input"));
    known.value = [...ids].join (" ");
  }

  document.addEventListener ("click", (event) => {
    const link = event.target.closest ("[data-insert]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.getElementById ("reply-text"))
      return;
    event.preventDefault ();
    insert (link);
  });

  const keys = {
    "/": () => {
      document.querySelector (".menu")?.setAttribute ("open", "");
      document.getElementById ("query")?.focus ();
    },
    "j": () => move (1),
    "k": () => move (-1),
    "x": () => choose (rows ().indexOf (document.activeElement), false),
    "X": () => choose (rows ().indexOf (document.activeElement), true),
    "u": () => document.querySelector ("[data-key='u']")?.click (),
    "r": () => compose ("reply"),
    "n": () => compose ("note"),
    "?": () => document.getElementById ("keys")?.showModal (),
  };
  // Digits choose from the list that the page has: an article for this ticket, else one of the views.
  for (const digit of "12345")
    keys[digit] = () => (document.querySelector (`[data-insert='${digit}']`)
      ?? (document.querySelector (".ticket") ? null : document.querySelectorAll ("#nav-views a")[digit - 1]))?.click ();

  document.addEventListener ("keydown", (event) => {
    if (event.key === "Escape" && typing (event.target)) {
      event.target.blur ();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing (event.target) || document.querySelector ("dialog[open]"))
      return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault ();
      act ();
    }
  });

  for (const opener of document.querySelectorAll ("[data-open]")) {
    opener.hidden = false;
    opener.addEventListener ("click", () => document.getElementById (opener.dataset.open)?.showModal ());
  }

  // A choice takes effect when it is made with the mouse; by keyboard the button does it.
  let pointed = null;
  document.addEventListener ("pointerdown", (event) => { pointed = event.target.closest ("select[data-submit]"); });
  document.addEventListener ("keydown", () => { pointed = null; });
  document.addEventListener ("change", (event) => {
    if (pointed && event.target === pointed)
      pointed.form.requestSubmit ();
  });

  const toast = document.querySelector (".toast");
  if (toast) {
    const undo = toast.querySelector ("[data-undo]");
    let left = undo ? Number (undo.dataset.undo) : 5;
    const words = undo?.textContent;
    const tick = () => {
      if (left <= 0) {
        if (!toast.contains (document.activeElement))
          toast.remove ();
        return;
      }
      if (undo)
        undo.textContent = `${words} (${left})`;
      left -= 1;
      setTimeout (tick, 1000);
    };
    tick ();
    const address = new URL (location.href);
    for (const name of ["done", "message"])
      address.searchParams.delete (name);
    history.replaceState (null, "", address);
  }

  if (matchMedia ("(max-width: 899px)").matches)
    document.querySelector (".menu")?.removeAttribute ("open");
  if (matchMedia ("(max-width: 1399px)").matches)
    document.querySelector (".fold")?.removeAttribute ("open");

  // What was answered to a form has the form's address: a reload would send it again.
  const ticket = document.querySelector (".ticket")?.dataset.ticket;
  if (ticket && location.pathname !== `/desk/tickets/${ticket}`)
    history.replaceState (null, "", `/desk/tickets/${ticket}`);

  // Rules: what can be compared how, and the values that are offered, follow what is asked for.
  const compare = (field) => {
    const fits = field.selectedOptions[0]?.dataset.fits?.split (" ").filter (Boolean) ?? [];
    const op = field.closest ("[data-rule-row]").querySelector ("[data-rule-op]");

    if (!fits.length)
      return;
    for (const option of op.options)
      option.hidden = option.disabled = !fits.includes (option.value);
    if (!fits.includes (op.value))
      op.value = fits[0];
  };
  document.addEventListener ("change", (event) => {
    const asked = event.target.closest ("[data-rule-field], [data-rule-do]");
    const prefix = asked?.hasAttribute ("data-rule-do") ? "values-do-" : "values-";

    asked?.closest ("[data-rule-row]").querySelector ("input").setAttribute ("list", prefix + asked.value);
    if (asked?.hasAttribute ("data-rule-field"))
      compare (asked);
  });
  document.querySelectorAll ("[data-rule-field]").forEach (compare);

  // The field of the search completes its last word. What there is to complete is fetched when it is first gone to.
  async function complete (field) {
    const answer = await fetch ("/desk/find", { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected)
      return;
    const page = new DOMParser ().parseFromString (await answer.text (), "text/html");
    const list = document.importNode (page.getElementById ("query-words"), true);
    const words = [...list.options].map ((option) => option.value);
    const offer = () => {
      const head = field.value.slice (0, field.value.lastIndexOf (" ") + 1);
      const last = field.value.slice (head.length).toLowerCase ();
      list.replaceChildren (...words.filter ((word) => last && word.startsWith (last)).slice (0, 20)
        .map ((word) => new Option ("", head + word)));
    };
    field.after (list);
    field.setAttribute ("list", list.id);
    field.addEventListener ("input", offer);
    offer ();
  }
  document.getElementById ("query")?.addEventListener ("focus", (event) => {
    complete (event.target).catch (() => {});
  }, { once: true });

  drafts ();
  listen ();
  follow (2);
  document.getElementById ("conflict")?.scrollIntoView ({ block: "center" });
})();
