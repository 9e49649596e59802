// The help centre's only script. Every page works without it; it offers answers while a question is being typed.
// What comes from the server is put in as text, never as markup.
"use strict";

(() => {
  const WAIT_MS = 150;
  const SHOWN = 6;

  function complete (field) {
    const list = document.createElement ("ul");
    const status = document.createElement ("p");
    let waiting = 0;
    let asked = 0;
    let chosen = -1;

    list.id = `${field.id}-answers`;
    list.className = "completions";
    list.setAttribute ("role", "listbox");
    list.setAttribute ("aria-label", field.labels[0]?.textContent ?? "");
    list.hidden = true;
    status.className = "hidden-text";
    status.setAttribute ("role", "status");
    field.form.append (list, status);
    for (const [name, value] of Object.entries ({
      "role": "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
    }))
      field.setAttribute (name, value);

    function choose (at) {
      const options = [...list.children];
      chosen = options.length === 0 ? -1 : (at + options.length) % options.length;
      options.forEach ((option, i) => option.setAttribute ("aria-selected", String (i === chosen)));
      if (chosen < 0)
        field.removeAttribute ("aria-activedescendant");
      else
        field.setAttribute ("aria-activedescendant", options[chosen].id);
    }

    function close () {
      list.hidden = true;
      list.replaceChildren ();
      field.setAttribute ("aria-expanded", "false");
      choose (-1);
    }

    function option (article, i) {
      const item = document.createElement ("li");
      item.id = `${list.id}-${i}`;
      item.setAttribute ("role", "option");
      item.setAttribute ("aria-selected", "false");
      item.dir = "auto";
      if (article.language)
        item.lang = article.language;
      item.textContent = article.title;
      item.dataset.url = article.url;
      item.addEventListener ("pointerdown", (event) => event.preventDefault ());
      item.addEventListener ("click", () => { location.href = item.dataset.url; });
      return item;
    }

    function show (articles) {
      list.replaceChildren (...articles.map (option));
      list.hidden = articles.length === 0;
      field.setAttribute ("aria-expanded", String (articles.length > 0));
      chosen = -1;
      field.removeAttribute ("aria-activedescendant");
      status.textContent = articles.length > 0 ? field.dataset.found : field.dataset.none;
    }

    async function ask () {
      const words = field.value.trim ();
      const turn = ++asked;
      if (words.length < 2) {
        close ();
        return;
      }
      const address = new URL (field.dataset.completes, location.href);
      address.search = new URLSearchParams ({ q: words, typing: "1", limit: String (SHOWN) });
      const answer = await fetch (address, { headers: { Accept: "application/json" } });
      if (!answer.ok || turn !== asked || document.activeElement !== field)
        return;
      show ((await answer.json ()).articles);
    }

    field.addEventListener ("input", () => {
      clearTimeout (waiting);
      waiting = setTimeout (() => ask ().catch (close), WAIT_MS);
    });
    field.addEventListener ("keydown", (event) => {
      if (list.hidden || event.isComposing)
        return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault ();
        choose (event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault ();
        location.href = list.children[chosen].dataset.url;
      } else if (event.key === "Escape") {
        event.preventDefault ();
        close ();
      }
    });
    field.addEventListener ("blur", () => close ());
  }

  for (const field of document.querySelectorAll ("input[data-completes]"))
    complete (field);
})();
