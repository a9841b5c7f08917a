// Pages beside Ask, without loading a page: the address says which and how it is narrowed, the server draws it.
(() => {
  const root = document.documentElement;
  const places = new Map(); // address → how far it was scrolled
  let part = null; // the element pages are drawn into
  let nav = null;
  let shown = "";
  let visit = 0;

  function address() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    const [page, ...rest] = path.split("/");
    return { page: page || "ask", of: decodeURIComponent(rest.join("/")), words: new URLSearchParams(query) };
  }

  const written = ({ page, of, words }) => {
    const query = String(words);
    return `#/${page}${of ? `/${encodeURIComponent(of)}` : ""}${query ? `?${query}` : ""}`;
  };

  function source({ page, of, words }, block) {
    const query = new URLSearchParams(words);
    if (of) query.set("of", of);
    if (block) query.set("block", block);
    return new URL(`/screen/${encodeURIComponent(page)}${String(query) ? `?${query}` : ""}`, location.origin);
  }

  // ── navigation ───────────────────────────────────────────────────────────
  function mark() {
    const { page } = address();
    const family = { customer: "customers", item: "work", conversations: "ask", shared: "ask" }[page] ?? page;
    for (const link of nav?.querySelectorAll("[data-nav]") ?? []) {
      if (link.dataset.nav === family) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  munshi.navigation = (element, watch) => {
    nav = element;
    element.addEventListener("keydown", (event) => {
      const links = [...element.querySelectorAll("[data-nav]")];
      const at = links.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      links[(to + links.length) % links.length].focus();
    });
    watch("value", () => { mark(); munshi.count?.(); munshi.tour(element); });
    mark();
    munshi.count?.();
    // A link to where one is already says: begin anew there.
    element.addEventListener("click", ({ target }) => {
      const link = target.closest("[data-nav]");
      if (link && link.getAttribute("href") === location.hash && link.dataset.nav !== "ask") open(false);
    });
  };

  // ── showing ──────────────────────────────────────────────────────────────
  const body = () => part.querySelector("[data-page-body]");
  const say = (text) => { part.querySelector("[data-said]").textContent = text; };
  const loading = (now) => { part.querySelector("[data-loading]").hidden = !now; };

  function scroller() {
    for (let at = part; at; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
    }
    return document.scrollingElement;
  }

  function charts(within) {
    for (const plot of within.querySelectorAll(".plot")) munshi.draw(plot, munshi.base);
  }

  // A failed fetch is told on the page; a session that ended leads to the way in.
  async function fetched(url) {
    const answer = await fetch(url, { headers: { accept: "text/html+part" } });
    if (answer.status === 401) { location.assign("/sign-in"); return null; }
    return answer.text();
  }

  async function follow(there, mine) {
    for (const place of body().querySelectorAll("[data-later]")) {
      try {
        const html = await fetched(source(there, place.dataset.block));
        if (mine !== visit || html === null) return;
        swap(place, html);
      } catch {
        if (mine !== visit) return;
        place.removeAttribute("aria-busy");
        place.classList.remove("waiting");
        const bones = place.querySelector(".bones");
        if (bones) bones.outerHTML = `<p class="nothing">${munshi.t("This part could not be fetched. Load the page again.")}</p>`;
      }
    }
  }

  // The row that the address points at.
  const point = (within) => within.querySelector("tr.pointed")?.scrollIntoView({ block: "center" });

  function swap(place, html) {
    const held = document.createElement("template");
    held.innerHTML = html;
    const fresh = held.content.firstElementChild;
    place.replaceWith(fresh);
    charts(fresh);
    point(fresh);
  }

  async function open(moved) {
    const there = address();
    const here = written(there);
    const sameView = moved && shown && shown.split("?")[0] === here.split("?")[0];
    if (shown) places.set(shown, scroller().scrollTop);
    const mine = ++visit;
    shown = here;
    const skeleton = part.querySelector(`[data-skeleton="${CSS.escape(there.page)}"]`);
    const label = munshi.t(skeleton?.dataset.label ?? "Page");
    document.title = `${label}${there.of && "named" in (skeleton?.dataset ?? {}) ? ` ${there.of}` : ""} · ${munshi.name}`;
    loading(true);
    body().setAttribute("aria-busy", "true");
    if (!sameView) {
      body().replaceChildren(skeleton ? skeleton.content.cloneNode(true) : "");
      scroller().scrollTop = 0;
    }
    try {
      const html = await fetched(source(there));
      if (mine !== visit || html === null) return;
      const focused = document.activeElement?.closest("[data-filters]") ? document.activeElement.name : "";
      body().innerHTML = html;
      if (focused) body().querySelector(`[data-filters] [name="${CSS.escape(focused)}"]`)?.focus();
      else if (moved) body().querySelector("h1")?.focus({ preventScroll: true });
      body().dataset.shown = here;
      say(munshi.t("{page} is shown.", { page: label }));
    } catch {
      if (mine !== visit) return;
      body().replaceChildren(part.querySelector("[data-lost]").content.cloneNode(true));
      say(munshi.t("The page could not be fetched."));
    } finally {
      if (mine === visit) { loading(false); body().removeAttribute("aria-busy"); }
    }
    if (!sameView) scroller().scrollTop = places.get(here) ?? 0;
    charts(body());
    point(body());
    munshi.count?.();
    follow(there, mine);
  }

  // Where sliders stand is part of the address, but no step back; only their own block is fetched anew.
  let waiting = 0;
  function tryAgain(place) {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const there = address();
      for (const slider of place.querySelectorAll("input[type=range]")) there.words.set(slider.name, slider.value);
      history.replaceState(null, "", written(there));
      shown = written(there);
      const mine = visit;
      const html = await fetched(source(there, place.dataset.block)).catch(() => null);
      if (mine !== visit || html === null || !place.isConnected) return;
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-block]");
      place.querySelector(".outcomes")?.replaceWith(fresh.querySelector(".outcomes"));
      const plot = place.querySelector(".plot");
      const drawn = fresh.querySelector(".plot");
      if (plot && drawn) { plot.dataset.figure = drawn.dataset.figure; munshi.draw(plot, munshi.base); }
      else if (drawn) { place.querySelector(".note")?.before(drawn); munshi.draw(drawn, munshi.base); }
      else plot?.remove();
    }, 200);
  }

  // ── Ask ──────────────────────────────────────────────────────────────────
  function asking(words) {
    const question = words.get("q");
    const earlier = words.get("c");
    document.title = munshi.name;
    shown = "";
    visit += 1;
    if (earlier) {
      history.replaceState(null, "", "#/ask");
      const resume = () => munshi.composing.resume({ conversation_id: earlier });
      if (munshi.composing.resume) resume();
      else munshi.composing.mounted = resume;
      return;
    }
    if (!question) return;
    history.replaceState(null, "", "#/ask");
    const put = () => {
      if (munshi.ask(question)) return;
      munshi.composing.put?.(question); // one question is on its way: this one waits in the box
      munshi.composing.focus?.();
    };
    if (munshi.composing.ask) put();
    else munshi.composing.mounted = put;
  }

  function route(moved) {
    const there = address();
    const hasPages = Boolean(part?.querySelector("[data-skeleton]"));
    const onAsk = there.page === "ask" || !hasPages;
    root.dataset.page = onAsk ? "ask" : there.page;
    mark();
    if (onAsk) asking(there.words);
    else open(moved);
  }

  munshi.page = (element) => {
    part = element;
    munshi.translate(element);
    element.addEventListener("change", ({ target }) => {
      const form = target.closest("[data-filters]");
      if (!form) return;
      const there = address();
      for (const [name, value] of new FormData(form)) {
        if (value) there.words.set(name, value);
        else there.words.delete(name);
      }
      location.hash = written(there);
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const search = event.target.closest("[data-search]");
      if (search) {
        const there = address();
        for (const [name, value] of new FormData(search)) {
          if (value.trim()) there.words.set(name, value.trim());
          else there.words.delete(name);
        }
        location.hash = written(there);
        return;
      }
      const wanted = event.target.closest("[data-find]")?.elements.of.value.trim();
      if (wanted) location.hash = written({ page: "customer", of: wanted, words: new URLSearchParams() });
    });
    element.addEventListener("input", ({ target }) => {
      if (target.type !== "range") return;
      const says = target.closest(".slider").querySelector("output");
      const at = Number(target.value);
      says.textContent = at ? `${at > 0 ? "+" : "−"}${Math.abs(at)}%` : munshi.t("as it is");
      target.setAttribute("aria-valuetext", at ? `${at}%` : munshi.t("as it is"));
      tryAgain(target.closest("[data-block]"));
    });
    element.addEventListener("click", ({ target }) => {
      if (target.closest("[data-again]")) open(false);
      const held = target.closest("[data-copy]");
      if (held) munshi.copy(held);
      const row = target.closest("tr[data-href]");
      if (row && !target.closest("a, button") && !String(getSelection())) location.assign(row.dataset.href);
    });
    document.addEventListener("munshi:theme", () => { if (root.dataset.page !== "ask") charts(body()); });
    addEventListener("hashchange", () => route(true));
    route(false);
  };

  munshi.pageParts = { address, written, source, fetched, charts, swap };
  root.dataset.page = /^#\/(?!ask)\w/.test(location.hash) ? "waiting" : "ask"; // before the first paint
})();
