// What is wrong with this page for eyes, fingers and ears: a list of sentences, empty when all is well.
const touch = arguments[0];
const found = [];
const shown = (e) => e.checkVisibility ({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects ().length > 0;
const say = (e, what) => found.push (`${what}: ${e.outerHTML.slice (0, 140)}`);

if (document.documentElement.scrollWidth > innerWidth) {
  for (const e of document.body.querySelectorAll ("*")) {
    if (shown (e) && e.getBoundingClientRect ().right > innerWidth + 1 && !e.closest (".table"))
      say (e, `wider than the window by ${Math.round (e.getBoundingClientRect ().right - innerWidth)}`);
  }
  found.push (`the page is ${document.documentElement.scrollWidth} wide, the window ${innerWidth}`);
}

const ids = [...document.querySelectorAll ("[id]")].map ((e) => e.id);
for (const id of ids.filter ((id, i) => ids.indexOf (id) !== i))
  found.push (`the id ${id} is there twice`);
if (!document.documentElement.lang)
  found.push ("the page has no language");
if (!document.title.trim ())
  found.push ("the page has no title");
if (document.querySelectorAll ("main").length !== 1)
  found.push ("the page has not one main part");
if (document.querySelectorAll ("h1").length !== 1)
  found.push ("the page has not one h1");
let level = 1;
for (const h of document.querySelectorAll ("main h1, main h2, main h3, main h4")) {
  if (shown (h) && Number (h.tagName[1]) > level + 1)
    say (h, "a heading that leaps");
  level = Number (h.tagName[1]);
}
for (const part of document.querySelectorAll ("[lang], [hreflang]"))
  if (!/^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$/.test (part.lang || part.hreflang || ""))
    say (part, "a language that is none");
const landmarks = [...document.querySelectorAll ("nav, aside, [role='search'], [role='region']")].filter (shown);
for (const part of landmarks) {
  const label = (e) => e.getAttribute ("aria-label") || document.getElementById (e.getAttribute ("aria-labelledby"))?.textContent || "";
  if (landmarks.some ((other) => other !== part && other.tagName === part.tagName && label (other) === label (part)))
    say (part, "a landmark that is called like another one");
}
for (const part of document.querySelectorAll ("[aria-labelledby], [aria-describedby], [aria-controls], [aria-activedescendant], label[for], [form], input[list]"))
  for (const key of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for", "form", "list"])
    for (const id of (part.getAttribute (key) || "").split (" ").filter (Boolean))
      if (!document.getElementById (id) && key !== "list")
        say (part, `${key} names ${id}, which is not there`);
for (const part of document.querySelectorAll ("[tabindex]"))
  if (part.tabIndex > 0)
    say (part, "an order of its own for the Tab key");
for (const part of document.querySelectorAll (":is(a, button, label, summary) :is(a[href], button, summary)"))
  say (part, "a control inside a control");
for (const part of document.querySelectorAll ("ul > :not(li, script, template), ol > :not(li, script, template)"))
  say (part, "no item, but in a list");
for (const table of document.querySelectorAll ("table"))
  if (!table.querySelector ("th") && !table.closest (".words"))
    say (table, "a table without headings");
for (const image of document.querySelectorAll ("img:not([alt])"))
  say (image, "a picture without words");
for (const use of document.querySelectorAll ("svg:not([role='img'][aria-label])"))
  if (use.getAttribute ("aria-hidden") !== "true")
    say (use, "an icon that is read aloud");

const name = (e) => [e.getAttribute ("aria-label"), e.title, ...[...(e.labels || [])].map ((l) => l.textContent),
  e.matches ("a, button, summary") ? e.textContent : "", e.matches ("input[type=submit]") ? e.value : ""]
  .filter (Boolean).join (" ").trim ();
for (const e of document.querySelectorAll ("a[href], button, summary, input:not([type=hidden]), select, textarea, iframe")) {
  if (!name (e))
    say (e, "a control without a name");
  if (!shown (e) || e.closest (".hidden-text, .skip, .trap") || e.matches (".hidden-text, .skip"))
    continue;
  const box = (e.matches ("input[type=checkbox], input[type=radio]") && e.labels[0] || e).getBoundingClientRect ();
  const inline = e.matches ("a, summary") && getComputedStyle (e).display === "inline";
  const field = "select, textarea, input:not([type=checkbox], [type=radio], [type=file], [type=hidden])";
  const least = touch && e.matches (`button, .button, nav a, summary, ${field}`) ? 40 : inline ? 0 : 24;
  if (box.height < least - 0.5 && !e.matches ("iframe"))
    say (e, `only ${box.height.toFixed (1)} high`);
  if (box.width < (inline || e.matches ("a") && e.textContent.trim () ? 0 : 24) - 0.5)
    say (e, `only ${box.width.toFixed (1)} wide`);
}

const paint = document.createElement ("canvas").getContext ("2d", { willReadFrequently: true });
const read = (colour) => {
  paint.clearRect (0, 0, 1, 1);
  paint.fillStyle = colour;
  paint.fillRect (0, 0, 1, 1);
  const [r, g, b, a] = paint.getImageData (0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, below) => [0, 1, 2].map ((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat (1);
const ground = (e) => {
  const layers = [];
  for (let at = e; at; at = at.parentElement)
    layers.push (read (getComputedStyle (at).backgroundColor));
  return layers.reverse ().reduce ((below, top) => over (top, below), [255, 255, 255, 1]);
};
const light = (colour) => colour.slice (0, 3).map ((c) => c / 255)
  .map ((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce ((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => (Math.max (light (a), light (b)) + 0.05) / (Math.min (light (a), light (b)) + 0.05);

// The edge of a field is what shows that it is one, and what is chosen in it can be read to its end.
for (const e of document.querySelectorAll ("input:not([type=checkbox], [type=radio], [type=file], [type=hidden]), select, textarea")) {
  const style = getComputedStyle (e);
  const below = ground (e.parentElement);
  if (!shown (e) || e.closest (".hidden-text, .trap"))
    continue;
  const edge = Math.max (contrast (over (read (style.borderTopColor), below), below), contrast (ground (e), below));
  if (edge < 3 && !e.closest (".palette"))
    say (e, `an edge of contrast ${edge.toFixed (2)}`);
  if (e.matches ("select")) {
    paint.font = style.font;
    const chosen = e.selectedOptions[0]?.textContent.trim () ?? "";
    const wide = paint.measureText (chosen).width;
    // Names that people gave may be of any length: a tooltip has them whole.
    if (!(e.title && chosen.startsWith (e.title)) && wide > e.clientWidth - parseFloat (style.paddingInlineStart) - 18)
      say (e, "its choice is cut");
  }
}

const walker = document.createTreeWalker (document.body, NodeFilter.SHOW_TEXT);
const judged = new Set ();
while (walker.nextNode ()) {
  const e = walker.currentNode.parentElement;
  if (judged.has (e) || !walker.currentNode.data.trim () || !shown (e) || e.closest (".hidden-text, .skip, option, script"))
    continue;
  judged.add (e);
  const style = getComputedStyle (e);
  const below = ground (e);
  const drawn = e instanceof SVGElement ? over (read (style.fill), below) : over (read (style.color), below);
  if (contrast (drawn, below) < 4.5)
    say (e, `contrast ${contrast (drawn, below).toFixed (2)}`);
  const scale = e instanceof SVGElement && e.getScreenCTM ? e.getScreenCTM ().a : 1;
  if (parseFloat (style.fontSize) * scale < 10.5)
    say (e, `letters of ${(parseFloat (style.fontSize) * scale).toFixed (1)} px`);
}
return found;
