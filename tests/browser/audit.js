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
  if (shown (h) && Number (h.tagName[1]) > level + 2)
    say (h, "a heading that leaps");
  level = Number (h.tagName[1]);
}
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
  const least = touch && e.matches ("button, .button, nav a, summary, select, textarea, input[type=text]") ? 36 : inline ? 0 : 24;
  if (box.height < least - 0.5 && !e.matches ("iframe"))
    say (e, `only ${box.height.toFixed (1)} high`);
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
const walker = document.createTreeWalker (document.body, NodeFilter.SHOW_TEXT);
const judged = new Set ();
while (walker.nextNode ()) {
  const e = walker.currentNode.parentElement;
  if (judged.has (e) || !walker.currentNode.data.trim () || !shown (e) || e.closest (".hidden-text, .skip, option, script"))
    continue;
  judged.add (e);
  const below = ground (e);
  const [a, b] = [light (over (read (getComputedStyle (e).color), below)), light (below)];
  const contrast = (Math.max (a, b) + 0.05) / (Math.min (a, b) + 0.05);
  if (contrast < 4.5)
    say (e, `contrast ${contrast.toFixed (2)}`);
}
return found;
