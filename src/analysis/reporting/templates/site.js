"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, parts = {}, ...inside) => {
    const { text, ...rest } = parts, element = document.createElement(name);
    for (const [key, value] of Object.entries(rest)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    element.append(...inside);
    return element;
  };
  const data = JSON.parse(one("#payload").textContent), say = data.words, lang = document.documentElement.lang;
  const put = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const keyOf = (thing) => `${thing.frame}-${thing.code || thing.id}`;
  const places = Object.fromEntries(data.places.map((place) => [keyOf(place), place]));
  const layers = Object.fromEntries(data.layers.map((layer) => [keyOf(layer), layer]));
  const chosen = { frame: "63", layer: keyOf(data.layers[0]), at: Infinity, see: [], find: "", shown: "" };
  const layer = () => layers[chosen.layer];
  const last = (list) => list.length - 1;

  const number = (value, digits, signed = false) => {
    const rounded = Number(value.toFixed(digits)) || 0;
    const text = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(rounded);
    return (signed && rounded > 0 ? "+" : "") + text.replace("-", "\u2212");
  };
  const write = (own, value) => own.id === "status" ? own.classes[value] : `${number(value, own.digits)}${own.mark}`;
  const value = (own, code, at = chosen.at) => own.values[code]?.[at] ?? null;
  const figures = (own, at) => Object.keys(own.values).map((code) => value(own, code, at)).filter((v) => v !== null);
  const mean = (own, at) => { const list = figures(own, at); return list.length ? list.reduce((a, b) => a + b) / list.length : null; };
  const fill = (own, v) => {
    if (v === null) return "none";
    if (own.id === "status") return `status-${v}`;
    return `share-${own.bounds.filter((bound) => Number(v.toFixed(own.digits)) >= bound).length}`;
  };
  // Provinces nearer than the distance that may be chance could stand in either order.
  const rank = (own, code, at) => {
    const mine = value(own, code, at), others = figures(own, at), far = own.chance || 0;
    if (mine === null || own.id === "status") return "";
    const parts = { rank: 1 + others.filter((v) => v > mine).length, all: others.length,
      best: 1 + others.filter((v) => v - mine > far).length, worst: others.filter((v) => mine - v <= far).length };
    if (own.chance !== null && parts.worst - parts.best > 2 * parts.all / 3) return ""; // a rank that chance alone may make
    return put(own.chance === null ? say.rank : say.rank_range, parts);
  };

  // What the reader has chosen stays in the address, and goes along to the page in the other language.
  const other = one("#other-language"), page = other.getAttribute("href");
  const remember = () => {
    const state = new URLSearchParams({ map: chosen.frame, layer: chosen.layer });
    if (chosen.at !== last(layer().periods)) state.set("t", chosen.at);
    if (chosen.see.length) state.set("see", chosen.see.join(","));
    if (chosen.shown) state.set("place", chosen.shown);
    if (chosen.find) state.set("find", chosen.find);
    other.setAttribute("href", `${page}#${state}`);
    history.replaceState(null, "", `#${state}`);
  };

  const map = one("#map"), tiles = () => all(".tile", map);
  // A unit of the 34 without figures of its own shows those of the provinces it was formed from, side by side.
  const strips = (place, own) => own.frame === place.frame ? [place] : place.kin.map((code) => places[`${own.frame}-${code}`]);
  const tileOf = (place) => {
    const own = layer(), parts = strips(place, own), values = parts.map((part) => value(own, part.code));
    const short = (v) => v === null ? "–" : own.symbols.length ? own.symbols[v] : write(own, v);
    const words = parts.map((part, n) => `${parts.length > 1 || part !== place ? `${part.name} ` : ""}${values[n] === null ? say.none : write(own, values[n])}`);
    const tile = make("button", { type: "button", class: "tile", "data-place": keyOf(place),
      "aria-pressed": chosen.see.includes(keyOf(place)) || chosen.shown === keyOf(place) },
    make("span", { class: "full", text: place.name }), make("span", { class: "vh", text: `: ${words.join("; ")}` }),
    make("span", { class: "short", "aria-hidden": "true", text: place.short }),
    ...(parts.length === 1 ? [make("span", { class: "value", "aria-hidden": "true", text: short(values[0]) })]
      : [make("span", { class: "strips value", "aria-hidden": "true" }, ...values.map((v) => make("span", { "data-fill": fill(own, v), text: short(v).replace(own.mark, "") })))]));
    tile.dataset.row = place.row;
    tile.dataset.col = place.col;
    if (parts.length === 1) tile.dataset.fill = fill(own, values[0]);
    tile.addEventListener("click", () => show(keyOf(place)));
    return tile;
  };
  const drawMap = () => {
    const own = layer(), list = data.places.filter((place) => place.frame === chosen.frame);
    const width = 1 + Math.max(...list.map((place) => place.col)), rows = {};
    for (const place of list) (rows[place.row] ||= []).push(place);
    map.dataset.frame = chosen.frame;
    map.setAttribute("role", "grid");
    map.setAttribute("aria-label", map.dataset.label);
    map.replaceChildren(...Object.keys(rows).map(Number).sort((a, b) => a - b).map((row) => make("div", { class: "row", role: "row",
      style: `grid-template-columns: repeat(${width}, 1fr)` }, ...rows[row].sort((a, b) => a.col - b.col).map((place) =>
      make("div", { class: "cell", role: "gridcell", style: `grid-column: ${place.col + 1}` }, tileOf(place))))));
    const active = tiles().find((tile) => tile.dataset.place === chosen.shown) || tiles()[0];
    tiles().forEach((tile) => tile.setAttribute("tabindex", tile === active ? "0" : "-1"));
    const when = own.periods[chosen.at];
    one("#map-title").textContent = `${own.name} (${own.unit}${when ? `, ${when}` : ""})`;
    const without = list.some((place) => strips(place, own).some((part) => value(own, part.code) === null));
    const kind = own.id === "status" ? "status" : "share";
    const reached = Math.max(...Object.values(own.values).flat().filter((v) => v !== null).map((v) => Number(fill(own, v).split("-")[1])));
    one("#legend").replaceChildren(...own.classes.slice(0, reached + 1).map((text, n) => make("li", {}, make("span", { class: "swatch", "aria-hidden": "true",
      "data-fill": `${kind}-${n}`, text: own.symbols[n] || "" }), ` ${text}`)),
    ...(without ? [make("li", {}, make("span", { class: "swatch", "aria-hidden": "true", "data-fill": "none", text: "–" }), ` ${say.none}`)] : []));
    one("#about").replaceChildren(...own.notes.map((text) => make("p", { text })));
  };

  const SVG = "http://www.w3.org/2000/svg";
  const draw = (name, parts, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, v] of Object.entries(parts)) element.setAttribute(key, v);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  // Lines over all periods with name and last value at their ends; the mean of all provinces is dashed.
  const narrow = matchMedia("(max-width: 40rem)").matches; // so that its type is not drawn smaller than it is set
  const chart = (own, codes, width = narrow ? 340 : 460, height = 230) => {
    const lines = codes.map((code, n) => ({ name: places[`${own.frame}-${code}`].name, list: own.periods.map((_, at) => value(own, code, at)), kind: `s${n}` }));
    lines.push({ name: say.mean, list: own.periods.map((_, at) => mean(own, at)), kind: "mean" });
    const known = lines.flatMap((line) => line.list).filter((v) => v !== null), top = Math.max(...known), low = Math.min(0, ...known);
    const right = width - 20 - 7.3 * Math.max(...lines.map((line) => line.name.length + 6)), x = (at) => 8 + (right - 8) * at / Math.max(1, last(own.periods));
    const y = (v) => height - 26 - (height - 46) * (v - low) / (top - low || 1);
    const said = lines.map((line) => `${line.name}: ${line.list.map((v, at) => v === null ? "" : `${own.periods[at]} ${write(own, v)}`).filter(Boolean).join(", ")}`);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${own.name}. ${said.join(". ")}` });
    svg.append(draw("path", { class: "axis", d: `M8 ${y(low)}H${right}` }), draw("text", { x: 8, y: height - 6 }, own.periods[0]),
      draw("text", { x: right, y: height - 6, "text-anchor": "end" }, own.periods[last(own.periods)]),
      draw("path", { class: "now", d: `M${x(chosen.at)} 12V${y(low)}` }));
    const ends = [];
    for (const line of lines) {
      let path = "", pen = false;
      line.list.forEach((v, at) => { if (v !== null) path += `${pen ? "L" : "M"}${x(at).toFixed(1)} ${y(v).toFixed(1)}`; pen = v !== null; });
      svg.append(draw("path", { class: line.kind, d: path }));
      const at = line.list.findLastIndex((v) => v !== null);
      if (at >= 0) { ends.push({ ...line, at, y: y(line.list[at]) }); svg.append(draw("circle", { class: line.kind, cx: x(at), cy: y(line.list[at]), r: 3 })); }
    }
    let above = -Infinity;
    for (const end of ends.sort((a, b) => a.y - b.y)) {
      above = Math.max(end.y + 4, above + 15);
      svg.append(draw("text", { x: right + 8, y: above, class: `label ${end.kind}` }, `${end.name} ${write(own, end.list[end.at])}`));
    }
    return svg;
  };

  const link = (place) => place.href ? [make("a", { href: place.href, text: put(say.open, { name: place.name }) })] : [];
  const jump = (key) => {
    const button = make("button", { type: "button", text: `${places[key].name} (${places[key].frame})` });
    button.addEventListener("click", () => { chosen.frame = places[key].frame; show(key); });
    return button;
  };
  const targetLines = (key) => all(`#targets tr[data-place="${key}"]`).map((row) => make("li", {
    text: [...row.children].slice(1).map((cell) => cell.textContent.trim()).filter(Boolean).join("; ") }));
  const facts = (key) => {
    const place = places[key], list = make("dl");
    for (const own of data.layers.filter((candidate) => candidate.frame === place.frame)) {
      const at = own === layer() ? chosen.at : last(own.periods), v = value(own, place.code, at);
      const words = v === null ? say.none : [write(own, v), rank(own, place.code, at)].filter(Boolean).join("; ");
      list.append(make("dt", { text: own.periods[at] ? `${own.name}, ${own.periods[at]}` : own.name }), make("dd", { text: words }));
    }
    return list;
  };
  const describe = () => {
    const panel = one("#province"), place = places[chosen.shown];
    if (!place) return panel.replaceChildren(make("p", { text: say.hint }));
    const parts = place.frame === "34" ? place.kin.map((code) => `63-${code}`) : [];
    const shown = layer().frame === place.frame ? [place.code] : layer().frame === "63" ? place.kin : [];
    const add = make("button", { type: "button", text: say.compare });
    add.addEventListener("click", () => {
      chosen.see = [...new Set([...chosen.see, ...shown.map((code) => `${layer().frame}-${code}`)])].slice(-4);
      refresh();
    });
    const aims = targetLines(chosen.shown);
    panel.replaceChildren(make("h3", { text: place.name }),
      ...(place.headline ? [make("p", { text: place.headline, lang: place.lang })] : []),
      ...(place.note ? [make("p", { class: "note", text: place.note })] : []),
      make("p", {}, ...link(place), " ", ...(shown.length ? [add] : [])),
      ...(shown.length && layer().periods.length > 1 && layer().id !== "status" ? [chart(layer(), shown)] : []),
      facts(chosen.shown), ...parts.flatMap((key) => [make("h4", { text: put(say.part, { name: places[key].name }) }), facts(key), make("p", {}, ...link(places[key]))]),
      ...(aims.length ? [make("h4", { text: say.targets }), make("ul", {}, ...aims)] : []),
      make("p", { class: "kin" }, `${place.frame === "63" ? say.now : say.formed} `,
        ...place.kin.map((code) => jump(`${place.frame === "63" ? "34" : "63"}-${code}`))));
  };

  const compare = () => {
    const box = one("#compare"), own = layer(), seen = chosen.see.filter((key) => places[key]?.frame === own.frame);
    box.hidden = !seen.length || own.id === "status";
    if (box.hidden) return box.replaceChildren();
    const codes = seen.map((key) => places[key].code), chips = seen.map((key) => {
      const chip = make("button", { type: "button", text: `${places[key].name} ×`, "aria-label": put(say.remove, { name: places[key].name }) });
      chip.addEventListener("click", () => { chosen.see = chosen.see.filter((k) => k !== key); refresh(); });
      return chip;
    });
    const head = make("tr", {}, ...[say.province, own.periods[0], own.periods[chosen.at], say.change, say.place].map((text) => make("th", { scope: "col", text })));
    const rows = codes.map((code) => {
      const first = value(own, code, 0), now = value(own, code);
      const cells = [first === null ? "–" : write(own, first), now === null ? "–" : write(own, now),
        first === null || now === null ? "–" : number(now - first, own.digits, true), rank(own, code, chosen.at) || "–"];
      return make("tr", {}, make("th", { scope: "row", text: places[`${own.frame}-${code}`].name }), ...cells.map((text) => make("td", { text })));
    });
    const save = make("button", { type: "button", text: say.csv });
    save.addEventListener("click", () => download("compare", own, codes, own.periods.map((_, at) => at)));
    return box.replaceChildren(make("h3", { text: say.compared }), make("p", { class: "chips" }, ...chips),
      ...(own.periods.length > 1 ? [chart(own, codes)] : []), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say.compared },
        make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))), make("p", {}, save));
  };

  const download = (name, own, codes, times) => {
    const cell = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const lines = [["layer", "province_frame", "province_code", "province", "period", "value", "unit", "rank", "made_by"]];
    for (const code of codes) for (const at of times) {
      const v = value(own, code, at);
      lines.push([own.name, own.frame, code, places[`${own.frame}-${code}`].name, own.periods[at], v === null ? "" : own.symbols.length ? own.classes[v] : `${v}`, own.unit, rank(own, code, at), data.made_by]);
    }
    const text = lines.map((line) => line.map((part) => cell(`${part}`)).join(",")).join("\r\n");
    const address = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: "text/csv" }));
    make("a", { href: address, download: `${own.id}-${own.frame}-${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐðÐ]/g, "d").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  const matches = (wanted, place) => place.find.some((name) => {
    const words = name.split(" ");
    return wanted.split(" ").every((part) => words.some((word) => word.startsWith(part))) || name.replaceAll(" ", "").startsWith(wanted.replaceAll(" ", ""));
  });
  const search = () => {
    const wanted = fold(chosen.find), hit = (key) => chosen.find.trim() === "" || (wanted !== "" && places[key] !== undefined && matches(wanted, places[key]));
    for (const tile of tiles()) tile.classList.toggle("aside", !hit(tile.dataset.place));
    for (const row of all("tbody [data-place], tbody[data-place]")) row.hidden = !hit(row.dataset.place);
    const found = data.places.filter((place) => hit(keyOf(place)));
    const count = (frame) => found.filter((place) => place.frame === frame).length;
    one("#found").textContent = chosen.find.trim() === "" ? "" : put(say.found, { old: count("63"), new: count("34"),
      names: "" });
    if (chosen.find.trim() !== "" && found.length < 8) one("#found").append(...found.flatMap((place) => [" ", jump(keyOf(place))]));
    return found;
  };

  const table = one("#provinces"), body = one("tbody", table), headers = all("th[data-sort]", table);
  // The order of the alphabet is in the page, so it does not depend on the reader's browser. No figure: always last.
  const sortBy = (name, down) => {
    const column = [...headers[0].parentNode.children].findIndex((th) => th.dataset.sort === name), order = (line, at) => line.children[at].dataset.order;
    body.append(...all("tr", body).sort((a, b) => {
      const x = order(a, column), y = order(b, column), alphabet = order(a, 0) - order(b, 0);
      if (x === "" || y === "") return (x === "") - (y === "") || alphabet;
      return (down ? y - x : x - y) || alphabet;
    }));
    for (const th of headers) th.dataset.sort === name ? th.setAttribute("aria-sort", down ? "descending" : "ascending") : th.removeAttribute("aria-sort");
  };
  for (const th of headers) {
    const printed = make("span", { class: "printed" }, ...[...th.childNodes].map((node) => node.cloneNode(true)));
    const button = make("button", { type: "button" }, ...th.childNodes);
    th.replaceChildren(printed, button);  // browsers leave buttons out of the header rows they repeat on paper
    button.addEventListener("click", () => {
      const name = th.dataset.sort, sorted = th.getAttribute("aria-sort");
      sortBy(name, sorted ? sorted === "ascending" : name !== "province");
    });
  }

  // One tile at a time is in the tab order; arrow keys go on to the nearest one that way.
  const nearest = (from, list, axis) => list.reduce((best, tile) => {
    const across = axis === "row" ? "col" : "row", far = (t) => Math.abs(t.dataset[axis] - from.dataset[axis]) * 100 + Math.abs(t.dataset[across] - from.dataset[across]);
    return best === null || far(tile) < far(best) ? tile : best;
  }, null);
  const steps = { ArrowLeft: ["col", -1], ArrowRight: ["col", 1], ArrowUp: ["row", -1], ArrowDown: ["row", 1] };
  map.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".tile");
    if (!tile || !(event.key in steps) || event.altKey || event.metaKey) return;
    const [axis, way] = steps[event.key], same = tiles().filter((t) => axis === "row" || t.dataset.row === tile.dataset.row);
    const to = nearest(tile, same.filter((t) => (t.dataset[axis] - tile.dataset[axis]) * way > 0), axis);
    event.preventDefault();
    if (!to) return;
    tiles().forEach((t) => t.setAttribute("tabindex", t === to ? "0" : "-1"));
    to.focus();
  });

  const select = one("#layer"), when = one("#when");
  const refresh = () => {
    const offered = data.layers.filter((own) => own.frame === chosen.frame || chosen.frame === "34");
    if (!offered.includes(layer())) chosen.layer = keyOf(offered[0]);
    chosen.at = Math.max(0, Math.min(chosen.at, last(layer().periods)));
    if (places[chosen.shown]?.frame !== chosen.frame) chosen.shown = "";
    const label = (own) => own.frame === chosen.frame ? own.name : put(say.of_parts, { name: own.name });
    select.replaceChildren(...offered.map((own) => make("option", { value: keyOf(own), text: label(own) })));
    select.value = chosen.layer;
    one("#time").hidden = layer().periods.length < 2;
    Object.assign(when, { max: last(layer().periods), value: chosen.at });
    when.setAttribute("aria-valuetext", layer().periods[chosen.at]);
    one("#period").textContent = layer().periods[chosen.at];
    for (const radio of all("#frames input")) radio.checked = radio.value === chosen.frame;
    const focus = document.activeElement?.dataset?.place;
    drawMap();
    if (focus) one(`.tile[data-place="${focus}"]`)?.focus();
    describe();
    compare();
    search();
    remember();
  };
  const show = (key) => { chosen.shown = key; refresh(); };
  select.addEventListener("change", () => { Object.assign(chosen, { layer: select.value, at: Infinity }); refresh(); });
  when.addEventListener("input", () => { chosen.at = Number(when.value); refresh(); });
  for (const radio of all("#frames input")) radio.addEventListener("change", () => {
    const own = data.layers.find((candidate) => candidate.frame === radio.value && candidate.id === layer().id);
    chosen.frame = radio.value;
    if (own) Object.assign(chosen, { layer: keyOf(own), at: Infinity });
    refresh();
  });
  one("#find").addEventListener("input", (event) => {
    chosen.find = event.target.value.trim();
    const own = search().filter((place) => place.frame === chosen.frame);
    const named = own.filter((place) => place.name.toLowerCase() === chosen.find.toLowerCase());
    const met = own.length === 1 ? own[0] : named[0];
    if (chosen.find) { chosen.shown = met ? keyOf(met) : ""; refresh(); } else remember();
  });
  one("#find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found = chosen.find ? search() : [], named = found.filter((place) => fold(place.name) === fold(chosen.find));
    const met = found.length === 1 ? found[0] : named.find((place) => place.frame === chosen.frame) || named[0];
    if (!met) return;
    chosen.frame = met.frame;
    show(keyOf(met));
  });
  one("#csv-map").addEventListener("click", () => download("map", layer(), Object.keys(layer().values), [chosen.at]));

  // An address is text of anybody: only names of layers and places that there are count.
  const read = () => {
    const state = new URLSearchParams(location.hash.slice(1)), at = state.get("t");
    if (["63", "34"].includes(state.get("map"))) chosen.frame = state.get("map");
    if (Object.hasOwn(layers, state.get("layer") || "")) chosen.layer = state.get("layer");
    if (at !== null && /^\d+$/.test(at)) chosen.at = Number(at);
    chosen.see = (state.get("see") || "").split(",").filter((key) => Object.hasOwn(places, key)).slice(0, 4);
    chosen.shown = Object.hasOwn(places, state.get("place") || "") ? state.get("place") : "";
    chosen.find = state.get("find") || "";
  };
  one("#monitor").hidden = false;
  read();
  one("#find").value = chosen.find;
  refresh();
})();
