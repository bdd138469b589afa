// What the page does beyond being read: views, themes, folding, search, keys. It makes elements, never markup, so that
// nothing in a manifest can become code; without it the page shows everything, one side below the other.
"use strict";
{
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const articles = all("article");
  const entries = new Map(all("nav li a").map((link) => [link.hash.slice(1), link]));
  const search = at("search");
  const wideEnough = matchMedia("(min-width: 60rem)");
  let current = null;

  // What the reader chose last time; some browsers keep nothing for a file.
  const remembered = (name) => { try { return localStorage.getItem("vault-render-" + name); } catch { return null; } };
  const remember = (name, value) => { try { localStorage.setItem("vault-render-" + name, value); } catch { /* not kept */ } };

  // Theme
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemIsDark.matches);
  const nameTheme = () => { at("theme").textContent = isDark() ? "Light" : "Dark"; };
  function toggleTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("theme", root.dataset.theme);
    nameTheme();
  }

  // View: the page comes with one side below the other; side by side is made of it, for what is about to be seen.
  const roomy = matchMedia("(min-width: 80rem)");
  const wantsSplit = () => (root.dataset.view ? root.dataset.view === "split" : roomy.matches);
  const isSplit = () => root.classList.contains("wide");
  const soon = new IntersectionObserver((seen) => {
    for (const entry of seen) if (entry.isIntersecting) split(entry.target);
  }, { rootMargin: "150% 0px" });

  function showView() {
    root.classList.toggle("wide", wantsSplit() && wideEnough.matches);
    at("view").textContent = wantsSplit() ? "Inline" : "Side by side";
    for (const article of articles) isSplit() ? soon.observe(article) : soon.unobserve(article);
  }
  function toggleView() {
    root.dataset.view = wantsSplit() ? "inline" : "split";
    remember("view", root.dataset.view);
    showView();
  }

  // What is on one side alone has nothing to stand beside.
  function split(article) {
    if (!article.classList.contains("changed")) return;
    for (const inline of all("table.inline:not(.done)", article)) {
      inline.after(sideBySide(inline));
      inline.classList.add("done");
    }
  }
  function sideBySide(inline) {
    const table = document.createElement("table");
    table.className = "split";
    table.setAttribute("aria-label", inline.getAttribute("aria-label"));
    const columns = document.createElement("colgroup");
    for (const name of ["n", "", "n", ""]) columns.append(Object.assign(document.createElement("col"), { className: name }));
    table.append(columns, ...[...inline.tBodies].map(bodyBySide));
    return table;
  }
  function bodyBySide(body) {
    const made = body.cloneNode(false);
    if (body.classList.contains("gap")) {
      made.append(body.rows[0].cloneNode(true));
      made.rows[0].cells[0].colSpan = 4;
      return made;
    }
    let removed = [], added = [];
    const flush = () => {
      for (let i = 0; i < Math.max(removed.length, added.length); i++) made.append(row(removed[i], added[i]));
      removed = []; added = [];
    };
    for (const line of body.rows) {
      if (line.className === "d") { if (added.length) flush(); removed.push(line); }
      else if (line.className === "a") added.push(line);
      else { flush(); made.append(row(line, line)); }
    }
    flush();
    return made;
  }
  function row(left, right) {
    const made = document.createElement("tr");
    made.append(...half(left, 0, " l"), ...half(right, 1, ""));
    return made;
  }
  function half(line, side, edge) {
    const number = document.createElement("td"), text = line ? line.cells[2].cloneNode(true) : document.createElement("td");
    text.className = (line ? `${line.cells[2].className} ${line.className}` : "t e") + edge;
    number.className = line ? line.className : "e";
    number.textContent = line ? line.cells[side].textContent : "";
    return [number, text];
  }

  // Folding: of resources, and of the lines that stay between changes
  const details = (article) => article.querySelector("details");
  const setAll = (open) => { for (const article of articles) details(article).open = open; };
  function setGap(gap, open) {
    const fold = gap.nextElementSibling, button = gap.querySelector("button");
    fold.classList.toggle("open", open);
    button.setAttribute("aria-expanded", open);
    button.textContent = button.textContent.replace(/^\S+/, open ? "▾" : "▸");
  }
  function setGaps(inside, open) { for (const gap of all(".gap", inside)) setGap(gap, open); }
  const someGapIsFolded = (inside) => inside.querySelector(".fold:not(.open)") !== null;
  document.addEventListener("click", (event) => {
    const gap = event.target.closest(".gap");
    if (!gap) return;
    const number = [...gap.parentNode.tBodies].indexOf(gap), open = gap.nextElementSibling.matches(".open");
    for (const table of all("table", gap.closest(".chunk"))) setGap(table.tBodies[number], !open);
  });

  // Search and filter: a change is shown if it has every word and one of the fates that are pressed
  const lower = (parts) => parts.map((part) => part.textContent).join("\n").toLowerCase();
  const texts = new Map();
  function text(article) {
    if (!texts.has(article)) {
      const seen = lower(all("summary, .where, .inline tbody:not(.gap, .fold)", article));
      texts.set(article, { seen, whole: seen + "\n" + lower(all(".inline .fold", article)) });
    }
    return texts.get(article);
  }
  // A word that is in folded lines alone unfolds them.
  function unfold(article, words) {
    for (const word of words.filter((word) => !text(article).seen.includes(word))) {
      for (const fold of all(".fold:not(.open)", article)) if (lower([fold]).includes(word)) setGap(fold.previousElementSibling, true);
    }
  }
  const filters = all("[data-show]");
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fates = filters.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.show);
    let shown = 0;
    for (const article of articles) {
      const fits = (!fates.length || fates.some((fate) => article.classList.contains(fate))) && words.every((word) => text(article).whole.includes(word));
      if (fits) unfold(article, words);
      article.hidden = !fits;
      entries.get(article.id).parentNode.hidden = !fits;
      shown += fits;
    }
    for (const list of all("nav .list")) {
      list.hidden = !list.querySelector("li:not([hidden])");
      if (list.previousElementSibling.matches("h2")) list.previousElementSibling.hidden = list.hidden;
    }
    const filtered = words.length || fates.length;
    at("found").textContent = filtered ? `${shown.toLocaleString("en")} of ${articles.length.toLocaleString("en")} changes` : "";
    at("nothing").hidden = shown > 0 || !filtered;
    highlight(words);
  }
  function highlight(words) {
    if (!CSS.highlights) return;
    CSS.highlights.delete("hit");
    const ranges = [];
    for (const article of words.length ? articles : []) {
      if (article.hidden || ranges.length > 3000) continue;
      const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) ranges.push(...hits(walk.currentNode, words));
    }
    if (ranges.length) CSS.highlights.set("hit", new Highlight(...ranges));
  }
  function hits(node, words) {
    const found = [], text = node.data.toLowerCase();
    if (text.length !== node.data.length) return found;
    for (const word of words) {
      for (let i = text.indexOf(word); i >= 0; i = text.indexOf(word, i + word.length)) {
        const range = new Range();
        range.setStart(node, i);
        range.setEnd(node, i + word.length);
        found.push(range);
      }
    }
    return found;
  }
  function clear() {
    search.value = "";
    for (const button of filters) button.ariaPressed = "false";
    filter();
  }

  // Where the reader is
  function select(article) {
    current?.classList.remove("current");
    for (const link of all("nav a[aria-current]")) link.removeAttribute("aria-current");
    current = article;
    article.classList.add("current");
    const link = entries.get(article.id);
    link.setAttribute("aria-current", "true");
    link.scrollIntoView({ block: "nearest" });
  }
  function go(article) {
    if (!article) return;
    select(article);
    article.querySelector("summary").focus({ preventScroll: true });
    article.scrollIntoView({ block: "start" });
  }
  function step(by) {
    const shown = articles.filter((article) => !article.hidden);
    const index = shown.indexOf(current);
    go(shown[index < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(Math.max(index + by, 0), shown.length - 1)]);
  }
  // The first lines of each change that can be seen; the next one is the first below the top of the window.
  function stepText(by) {
    const top = parseFloat(getComputedStyle(root).scrollPaddingTop) + 60;
    const near = current && !current.hidden ? articles.slice(Math.max(articles.indexOf(current) - 1, 0)) : articles;
    const from = by > 0 ? near : articles.slice(0, articles.indexOf(current) + 1 || articles.length).reverse();
    for (const article of from) {
      if (article.hidden || !details(article).open) continue;
      if (isSplit()) split(article);
      const rows = all(isSplit() ? ".split tr:has(> .a, > .d)" : ".inline tr:is(.a, .d)", article);
      const firsts = rows.filter((row) => !rows.includes(row.previousElementSibling));
      for (const row of by > 0 ? firsts : firsts.reverse()) {
        const distance = row.getBoundingClientRect().top - top;
        if (by > 0 ? distance > 4 : distance < -4) {
          select(article);
          scrollBy(0, distance);
          return;
        }
      }
    }
  }

  // Keys
  const keys = {
    j: () => step(1), k: () => step(-1), n: () => stepText(1), p: () => stepText(-1),
    o: () => { if (current) details(current).open = !details(current).open; },
    O: () => setAll(!articles.some((article) => details(article).open)),
    x: () => { if (current) setGaps(current, someGapIsFolded(current)); },
    X: () => setGaps(document, someGapIsFolded(document)),
    t: toggleTheme, v: toggleView, "/": () => { search.focus(); search.select(); }, "?": () => at("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input, select, textarea") && event.target.type !== "checkbox";
    if (event.key === "Escape" && event.target === search) { search.value ? clear() : search.blur(); return; }
    if (event.key === "Enter" && event.target === search) { search.blur(); step(1); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || at("help").open || !at("keys").checked) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // Start
  root.classList.add("js");
  for (const name of ["view", "theme"]) if (remembered(name)) root.dataset[name] = remembered(name);
  at("keys").checked = remembered("keys") !== "off";
  at("tools").hidden = false;
  for (const button of filters) {
    button.disabled = false;
    button.ariaPressed = "false";
    button.addEventListener("click", () => { button.ariaPressed = String(button.ariaPressed !== "true"); filter(); });
  }
  search.addEventListener("input", filter);
  at("clear").addEventListener("click", clear);
  at("theme").addEventListener("click", toggleTheme);
  at("view").addEventListener("click", toggleView);
  at("ask").addEventListener("click", keys["?"]);
  at("keys").addEventListener("change", () => remember("keys", at("keys").checked ? "on" : "off"));
  at("list").addEventListener("click", () => at("list").setAttribute("aria-expanded", at("resources").classList.toggle("open")));
  for (const [id, link] of entries) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", link.hash);
      details(at(id)).open = true;
      at("resources").classList.remove("open");
      go(at(id));
    });
  }
  for (const article of articles) article.addEventListener("focusin", () => { if (current !== article) select(article); });
  addEventListener("beforeprint", () => setAll(true));
  for (const width of [wideEnough, roomy]) width.addEventListener("change", showView);
  systemIsDark.addEventListener("change", nameTheme);
  nameTheme();
  showView();
  if (articles.some((article) => article.id === location.hash.slice(1))) go(at(location.hash.slice(1)));
}
