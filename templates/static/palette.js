// Going on from ticket to ticket, single keys for what is set beside a ticket, and the palette that finds everything
// by its words. All of it presses what the page has already: links, buttons and selects. Nothing here is needed.
"use strict";

(() => {
  const find = (css) => document.querySelector (css);
  const key = "list";

  // The list that somebody came from: its address and its tickets in their order.
  function readList () {
    try {
      return JSON.parse (sessionStorage.getItem (key)) ?? { tickets: [] };
    } catch {
      return { tickets: [] };
    }
  }

  function keepList () {
    const rows = [...document.querySelectorAll ("#tickets .ticket-row")];
    if (find ("#tickets"))
      sessionStorage.setItem (key, JSON.stringify ({ url: location.pathname + location.search,
        tickets: rows.map ((row) => ({ number: row.dataset.ticket, url: row.getAttribute ("href") })) }));
  }

  // Back on the list the row of the ticket that was left has the focus.
  function comeBack () {
    const number = sessionStorage.getItem ("left");
    sessionStorage.removeItem ("left");
    if (number)
      [...document.querySelectorAll (".ticket-row")].find ((row) => row.dataset.ticket === number)?.focus ();
  }

  // Beside what was set by keyboard Tab goes on, on the page that follows. The part of the page has the focus, not the
  // field: single keys go on working, and the part is kept up to date.
  let byKey = false;
  document.addEventListener ("pointerdown", () => { byKey = false; });
  document.addEventListener ("keydown", () => { byKey = true; });
  document.addEventListener ("submit", (event) => {
    const field = event.target.querySelector ("select[data-submit], #add-tag");
    if (byKey && field && event.target.contains (document.activeElement))
      sessionStorage.setItem ("set", field.id);
  });

  function goOn () {
    const id = sessionStorage.getItem ("set");
    const part = id && find (`#${id}`)?.closest ("[data-refresh]");
    sessionStorage.removeItem ("set");
    if (!part)
      return;
    find (".fold")?.setAttribute ("open", "");
    part.tabIndex = -1;
    part.focus ();
  }

  function linkNeighbours (number) {
    const list = readList ();
    const at = list.tickets.findIndex ((ticket) => ticket.number === number);
    const back = find ("[data-key='u']");
    if (at < 0 || !back)
      return;
    back.href = list.url;
    back.addEventListener ("click", () => sessionStorage.setItem ("left", number));
    for (const step of document.querySelectorAll ("[data-step]")) {
      const other = list.tickets[at + Number (step.dataset.step)];
      step.hidden = false;
      if (other)
        step.href = other.url;
      else
        step.setAttribute ("aria-disabled", "true");
    }
  }

  // A button that sets a value shows when there is one to set.
  function showChange (select) {
    select.form.classList.toggle ("is-changed", !select.selectedOptions[0]?.defaultSelected);
  }

  function choose (select, value) {
    if (!select || select.value === value)
      return;
    select.value = value;
    select.form.requestSubmit ();
  }

  const press = (css) => () => find (css)?.click ();
  const reach = (css) => () => {
    find (".fold")?.setAttribute ("open", "");
    find (css)?.focus ();
  };
  const keys = {
    "j": press ("[data-step='1'][href]"),
    "k": press ("[data-step='-1'][href]"),
    "s": reach ("#set-status"),
    "p": reach ("#set-priority"),
    "a": reach ("#set-assignee"),
    "t": reach ("#add-tag"),
    "i": () => choose (find ("#set-assignee"), find ("#set-assignee")?.dataset.me),
    "e": () => choose (find ("#set-status"), "solved"),
    "z": () => ([...document.querySelectorAll ("[data-undo], [data-take-back]")].pop ())?.click (),
  };

  // What the palette offers: pages, what can be set on this ticket, what can be pressed.
  const words = (element) => element.textContent.replace (/\s+/g, " ").trim ();
  function commands (place) {
    return [...document.querySelectorAll (`${place} [data-command]`)].filter ((button) => !button.hidden).map ((button) => ({
      text: button.dataset.command || words (button),
      key: button.querySelector ("kbd")?.textContent ?? button.getAttribute ("aria-keyshortcuts"),
      act: () => {
        button.click ();
        find (`#${button.htmlFor?.replace ("mode-", "")}-text`)?.focus ();
      } }));
  }

  // What belongs to the page comes first, and last what belongs to all of them.
  function offers () {
    const all = commands ("main");
    for (const select of document.querySelectorAll ("select[data-submit]"))
      for (const option of select.options)
        if (!option.selected)
          all.push ({ text: `${words (select.labels[0])}: ${words (option)}`, act: () => choose (select, option.value) });
    for (const link of document.querySelectorAll (".nav a"))
      all.push ({ text: words (link.querySelector ("span")), act: () => link.click () });
    return all.concat (commands (".side"));
  }

  function fits (offer, query) {
    const text = offer.text.toLowerCase ();
    return query.toLowerCase ().split (/\s+/).every ((word) => text.includes (word));
  }

  function matching (query) {
    const asked = query.trim ();
    const all = asked ? offers ().filter ((offer) => fits (offer, asked)) : offers ();
    const number = /^#?(\d+)$/.exec (asked);
    if (number)
      all.unshift ({ text: `#${number[1]}`, act: () => { location.href = `/desk/tickets/${number[1]}`; } });
    if (asked)
      all.push ({ text: `${find ("#query").placeholder}: ${asked}`,
        act: () => { location.href = `/desk?query=${encodeURIComponent (asked)}`; } });
    return all.slice (0, 9);
  }

  function openPalette (dialog) {
    const field = dialog.querySelector ("input");
    const list = dialog.querySelector ("ul");
    let found = [];
    let at = 0;

    function mark (index) {
      at = Math.max (0, Math.min (found.length - 1, index));
      [...list.children].forEach ((item, i) => item.setAttribute ("aria-selected", String (i === at)));
      field.setAttribute ("aria-activedescendant", `offer-${at}`);
    }

    function run (index) {
      dialog.close ();
      found[index]?.act ();
    }

    function show () {
      found = matching (field.value);
      list.replaceChildren (...found.map ((offer, i) => {
        const item = document.createElement ("li");
        item.id = `offer-${i}`;
        item.role = "option";
        item.textContent = offer.text;
        if (offer.key) {
          const key = document.createElement ("kbd");
          key.textContent = offer.key;
          item.append (key);
        }
        item.addEventListener ("click", () => run (i));
        return item;
      }));
      mark (0);
    }

    field.oninput = show;
    field.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step && event.key !== "Enter")
        return;
      event.preventDefault ();
      if (step)
        mark (at + step);
      else
        run (at);
    };
    field.value = "";
    show ();
    dialog.showModal ();
  }

  document.addEventListener ("keydown", (event) => {
    const dialog = find ("#palette");
    if (event.key.toLowerCase () === "k" && (event.ctrlKey || event.metaKey) && dialog && !find ("dialog[open]")) {
      event.preventDefault ();
      openPalette (dialog);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !find (".ticket") || find ("dialog[open]"))
      return;
    if (event.key === "Enter" && event.target.closest ("select[data-submit]")?.form.classList.contains ("is-changed")) {
      event.preventDefault ();
      event.target.form.requestSubmit ();
      return;
    }
    if (!event.target.closest ("input, textarea, select, [contenteditable]") && keys[event.key]) {
      event.preventDefault ();
      keys[event.key] ();
    }
  });
  document.addEventListener ("change", (event) => {
    if (event.target.closest ("select[data-submit]"))
      showChange (event.target);
  });
  find ("[data-palette]")?.addEventListener ("click", () => openPalette (find ("#palette")));
  find ("[data-palette]")?.removeAttribute ("hidden");

  const ticket = find (".ticket")?.dataset.ticket;
  if (ticket) {
    linkNeighbours (ticket);
    goOn ();
  } else {
    keepList ();
    comeBack ();
  }
})();
