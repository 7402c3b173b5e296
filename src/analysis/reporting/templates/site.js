"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const map = one("#map"), table = one("#provinces"), body = one("tbody", table), find = one("#find");
  const tiles = all(".tile", map), lines = all("tr", body);
  const lineOf = Object.fromEntries(lines.map((line) => [line.dataset.code, line]));
  const chosen = { measure: map.dataset.shown, sort: "province", down: false, find: "" };

  // What the reader has chosen stays in the address, and goes along to the page in the other language.
  const other = one("#other-language"), page = other.getAttribute("href");
  const remember = () => {
    const state = new URLSearchParams({ measure: chosen.measure });
    if (chosen.sort !== "province" || chosen.down) state.set("sort", chosen.sort);
    if (chosen.down) state.set("down", "1");
    if (chosen.find) state.set("find", chosen.find);
    other.setAttribute("href", `${page}#${state}`);
    history.replaceState(null, "", `#${state}`);
  };

  const showMeasure = (measure) => {
    chosen.measure = measure;
    map.dataset.shown = measure;
    for (const tile of tiles) tile.dataset.fill = tile.getAttribute(`data-fill-${measure}`);
    for (const part of all(".legend, .about")) part.hidden = !part.id.endsWith(`-${measure}`);
    for (const radio of all("#measures input")) radio.checked = radio.value === measure;
  };

  // The order of the alphabet is in the page, so it does not depend on the reader's browser. No figure: always last.
  const headers = all("th[data-sort]", table);
  const columnOf = (name) => [...headers[0].parentNode.children].findIndex((th) => th.dataset.sort === name);
  const sortBy = (name, down) => {
    Object.assign(chosen, { sort: name, down });
    const column = columnOf(name);
    const order = (line, at) => line.children[at].dataset.order;
    lines.sort((a, b) => {
      const x = order(a, column), y = order(b, column), alphabet = order(a, 0) - order(b, 0);
      if (x === "" || y === "") return (x === "") - (y === "") || alphabet;
      return (down ? y - x : x - y) || alphabet;
    });
    body.append(...lines);
    for (const th of headers) {
      if (th.dataset.sort === name) th.setAttribute("aria-sort", down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
  };

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐðÐ]/g, "d").toLowerCase()
    .replace(/[^a-z0-9]+/g, " ").trim();
  const matches = (wanted, name) => {
    const words = name.split(" ");
    const begins = wanted.split(" ").every((part) => words.some((word) => word.startsWith(part)));
    return begins || name.replaceAll(" ", "").startsWith(wanted.replaceAll(" ", ""));
  };
  const search = (text) => {
    chosen.find = text.trim();
    const wanted = fold(text);
    let found = 0;
    for (const line of lines) {
      line.hidden = wanted === "" ? chosen.find !== "" : !matches(wanted, line.dataset.search);
      found += line.hidden ? 0 : 1;
    }
    for (const tile of tiles) tile.classList.toggle("aside", lineOf[tile.dataset.code].hidden);
    const said = one("#found");
    said.textContent = chosen.find === "" ? "" : said.dataset.text.replace("{found}", found).replace("{all}", lines.length);
  };

  const panel = one("#province");
  const describe = (tile) => {
    const line = lineOf[tile.dataset.code], list = document.createElement("dl");
    for (const th of headers.slice(1)) {
      const name = document.createElement("dt"), figure = document.createElement("dd");
      name.textContent = (one("button", th) || th).firstChild.textContent;
      figure.textContent = line.children[columnOf(th.dataset.sort)].textContent;
      list.append(name, figure);
    }
    const title = document.createElement("h3"), headline = document.createElement("p");
    title.textContent = line.children[0].textContent;
    headline.textContent = line.dataset.headline || line.lastElementChild.textContent;
    headline.lang = line.dataset.language || document.documentElement.lang;
    panel.replaceChildren(title, headline, list);
  };

  // One tile at a time is in the tab order; arrow keys go on to the nearest one that way.
  const place = (tile) => ({ row: Number(tile.closest(".row").dataset.row), column: Number(tile.dataset.column) });
  const nearest = (from, candidates, axis) => candidates.reduce((best, tile) => {
    const far = (t) => Math.abs(place(t)[axis] - from[axis]) * 100
      + Math.abs(place(t)[axis === "row" ? "column" : "row"] - from[axis === "row" ? "column" : "row"]);
    return best === null || far(tile) < far(best) ? tile : best;
  }, null);
  const steps = { ArrowLeft: ["column", -1], ArrowRight: ["column", 1], ArrowUp: ["row", -1], ArrowDown: ["row", 1] };
  const next = (tile, event) => {
    const here = place(tile), row = tiles.filter((t) => place(t).row === here.row);
    if (event.key === "Home") return event.ctrlKey ? tiles[0] : row[0];
    if (event.key === "End") return (event.ctrlKey ? tiles : row).at(-1);
    if (!(event.key in steps)) return null;
    const [axis, way] = steps[event.key];
    const side = (axis === "column" ? row : tiles).filter((t) => (place(t)[axis] - here[axis]) * way > 0);
    return nearest(here, side, axis) || tile;
  };
  const activate = (tile) => tiles.forEach((t) => t.setAttribute("tabindex", t === tile ? "0" : "-1"));
  const buildGrid = () => {
    map.setAttribute("role", "grid");
    map.setAttribute("aria-label", map.dataset.label);
    for (const row of all(".row", map)) row.setAttribute("role", "row");
    for (const tile of tiles) {
      tile.parentNode.setAttribute("role", "gridcell");
      tile.parentNode.setAttribute("aria-colindex", place(tile).column + 1);
      if (!tile.href) { tile.setAttribute("role", "link"); tile.setAttribute("aria-disabled", "true"); }
      tile.addEventListener("focus", () => { activate(tile); describe(tile); });
      tile.addEventListener("pointerenter", () => describe(tile));
    }
    activate(tiles[0]);
    map.addEventListener("keydown", (event) => {
      const tile = event.target.closest(".tile"), to = tile && !event.altKey && !event.metaKey && next(tile, event);
      if (to) { event.preventDefault(); to.focus(); }
    });
  };

  const buildTable = () => {
    for (const th of headers) {
      const button = document.createElement("button"), printed = document.createElement("span");
      button.type = "button";
      printed.className = "printed";  // browsers leave buttons out of the header rows they repeat on paper
      printed.append(...[...th.childNodes].map((node) => node.cloneNode(true)));
      button.append(...th.childNodes);
      th.append(button, printed);
      button.addEventListener("click", () => {
        const again = chosen.sort === th.dataset.sort;
        sortBy(th.dataset.sort, again ? !chosen.down : th.classList.contains("number") || th.dataset.sort === "rise");
        remember();
      });
    }
    find.addEventListener("input", () => { search(find.value); remember(); });
  };

  const start = () => {
    document.documentElement.classList.add("js");
    buildGrid();
    buildTable();
    for (const id of ["measures", "search", "province", "keyboard"]) one(`#${id}`).hidden = false;
    one("#measures").addEventListener("change", (event) => { showMeasure(event.target.value); remember(); });
    const state = new URLSearchParams(location.hash.slice(1)), measures = all("#measures input").map((radio) => radio.value);
    if (measures.includes(state.get("measure"))) showMeasure(state.get("measure"));
    else showMeasure(one("#measures input:checked").value);
    if (columnOf(state.get("sort") ?? "province") >= 0) sortBy(state.get("sort") ?? "province", state.get("down") === "1");
    if (state.get("find")) { find.value = state.get("find"); search(find.value); }
    if (state.get("measure")) remember();
  };
  start();
})();
