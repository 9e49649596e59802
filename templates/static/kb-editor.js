// Beside the article's form: a preview that follows the typing, pictures by pasting and dropping, and a warning before
// typed text is left. Without it the form's own buttons do the same.
"use strict";

(() => {
  const WAIT_MS = 500;
  const form = document.getElementById ("article-form");
  const body = document.getElementById ("body");
  let waiting = 0;
  let turn = 0;
  let isDirty = "unsaved" in form.dataset; // a page that came back after a preview or a mistake

  // Sends what is typed, as the button would; the page that comes back is only read.
  async function send (action, change) {
    const data = new FormData (form);
    data.set ("action", action);
    change?.(data);
    const answer = await fetch (form.getAttribute ("action"), { method: "POST", body: data });
    return new DOMParser ().parseFromString (await answer.text (), "text/html");
  }

  async function preview () {
    const mine = ++turn;
    const page = await send ("preview", (data) => data.delete ("files"));
    const fresh = page.getElementById ("preview");
    if (mine === turn && fresh)
      document.getElementById ("preview").replaceChildren (...fresh.childNodes);
  }

  function follow () {
    isDirty = true;
    clearTimeout (waiting);
    waiting = setTimeout (() => preview ().catch (() => {}), WAIT_MS);
  }

  async function put (files) {
    const pictures = [...files].filter ((file) => file.type.startsWith ("image/"));
    if (pictures.length === 0)
      return;
    const page = await send ("upload", (data) => {
      data.delete ("files");
      data.set ("body", "");
      pictures.forEach ((file) => data.append ("files", file, file.name));
    });
    const text = page.getElementById ("body")?.value.trim ();
    if (text)
      body.setRangeText (`${text}\n`, body.selectionStart, body.selectionEnd, "end");
    follow ();
  }

  form.addEventListener ("input", follow);
  body.addEventListener ("paste", (event) => {
    if (event.clipboardData.files.length > 0) {
      event.preventDefault ();
      put (event.clipboardData.files).catch (() => {});
    }
  });
  body.addEventListener ("dragover", (event) => event.preventDefault ());
  body.addEventListener ("drop", (event) => {
    if (event.dataTransfer.files.length > 0) {
      event.preventDefault ();
      put (event.dataTransfer.files).catch (() => {});
    }
  });
  form.addEventListener ("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault ();
      form.requestSubmit (form.querySelector ("button.primary"));
    }
  });
  form.addEventListener ("submit", () => { isDirty = false; });
  addEventListener ("beforeunload", (event) => {
    if (isDirty)
      event.preventDefault ();
  });
})();
