// What the browser does by itself: asking, choosing, tabs, theme, copying, downloads. No request leaves this server.
window.munshi ??= (() => {
  const base = document.currentScript.src;
  const desk = {}; // how the composer talks to the server, filled when it mounts
  const asked = [];
  let busy = false;
  let words = {}; // sentence in English → in the reader's language

  // ── language ─────────────────────────────────────────────────────────────
  const t = (text, values = {}) =>
    Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), words[text] ?? text);

  // Told by /look/tenant.js before the page is drawn: the client's name, the reader's language and its sentences.
  function tenant(told) {
    words = told.words;
    munshi.name = told.name || "Munshi";
    munshi.language = told.language;
    document.documentElement.lang = told.language;
    for (const part of waiting) translate(part); // parts that were there before the words
  }

  // Parts that are the same for everybody come in English, and are put into the reader's language here.
  const waiting = new Set();
  const NAMES = ["aria-label", "placeholder", "title", "data-label"];
  function translate(root) {
    document.documentElement.lang = munshi.language ?? "en";
    if (!munshi.language) waiting.add(root);
    if (!Object.keys(words).length) return;
    for (const each of [root, ...root.querySelectorAll("*")]) {
      for (const name of NAMES) if (each.getAttribute?.(name) in words) each.setAttribute(name, words[each.getAttribute(name)]);
      for (const node of each.childNodes) {
        const text = node.nodeType === Node.TEXT_NODE ? node.data.trim() : "";
        if (text in words) node.data = node.data.replace(text, words[text]);
      }
      if (each.tagName === "TEMPLATE") translate(each.content);
    }
  }

  function speak(language) {
    document.cookie = `munshi-language=${language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  }

  function setBusy(now) {
    const ended = busy && !now;
    busy = now;
    document.body.classList.toggle("asking", now);
    if (ended) desk.next?.();
  }

  function ask(question) {
    const text = question.trim();
    if (!text || busy || !desk.ask) return false;
    setBusy(true);
    asked.push(text);
    desk.ask({ question: text });
    return true;
  }

  // ── theme ────────────────────────────────────────────────────────────────
  const systemDark = matchMedia("(prefers-color-scheme: dark)");

  function paint(theme) {
    document.documentElement.dataset.theme = theme;
    document.body?.classList.toggle("dark", theme === "dark");
    document.dispatchEvent(new Event("munshi:theme"));
  }

  const chosenTheme = () => localStorage.getItem("munshi-theme") ?? (systemDark.matches ? "dark" : "light");
  paint(chosenTheme());
  systemDark.addEventListener("change", () => paint(chosenTheme()));

  function header(element, watch) {
    paint(chosenTheme());
    translate(element);
    munshi.navigation(element, watch);
  }

  // Heard by the document: the head is seen before its own part has mounted, and drawn anew when it is known who looks.
  document.addEventListener("click", ({ target }) => {
    const tongue = target.closest("[data-language]");
    if (tongue) speak(tongue.dataset.language);
    if (!target.closest("[data-theme-toggle]")) return;
    localStorage.setItem("munshi-theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    paint(chosenTheme());
  });

  // ── the question box ─────────────────────────────────────────────────────
  function composer(element, send) {
    Object.assign(desk, send);
    translate(element);
    const form = element.querySelector("form");
    const box = form.querySelector("textarea");
    let back = 0;
    let queued = false;
    const queue = (now) => { queued = now; form.classList.toggle("queued", now); };
    const fit = () => { box.style.height = "auto"; box.style.height = `${Math.min(box.scrollHeight, 160)}px`; };
    const put = (text) => { box.value = text; fit(); box.setSelectionRange(text.length, text.length); };
    const stop = () => { queue(false); desk.stop({}); setBusy(false); if (!box.value) put(asked.at(-1) ?? ""); box.focus(); };
    const submit = () => {
      if (busy) queue(Boolean(box.value.trim()));
      else if (ask(box.value)) { put(""); back = 0; }
    };
    desk.next = () => setTimeout(() => { if (queued) { queue(false); submit(); } }, 100);

    form.addEventListener("submit", (event) => { event.preventDefault(); busy ? stop() : submit(); });
    box.addEventListener("input", () => { back = 0; queue(false); fit(); });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); return; }
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!step || (back === 0 && box.value) || back + step < 0 || back + step > asked.length) return;
      event.preventDefault();
      back += step;
      put(back ? asked.at(-back) : "");
    });
    element.querySelector("[data-fresh]").addEventListener("click", () => { queue(false); desk.fresh({}); setBusy(false); put(""); box.focus(); });
    desk.put = put;
    desk.focus = () => { if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true }); };
    desk.focus();
    desk.mounted?.();
  }

  // ── the conversation ─────────────────────────────────────────────────────
  function conversation(element, send, watch) {
    const open = new Set();
    let seen = "";
    translate(element);
    element.addEventListener("toggle", ({ target }) => {
      if (target.dataset.key) open[target.open ? "add" : "delete"](target.dataset.key);
    }, true);
    element.addEventListener("click", ({ target }) => {
      const chip = target.closest("[data-ask]");
      if (chip) { if (ask(chip.dataset.ask)) desk.focus?.(); return; }
      const turn = target.closest("[data-pick]");
      if (!turn || target.closest("summary, a") || String(getSelection())) return;
      send.pick({ place: Number(turn.dataset.pick) });
    });
    watch("value", () => {
      const pending = element.querySelector("[data-pending]");
      setBusy(Boolean(pending));
      for (const fold of element.querySelectorAll("details[data-key]")) fold.open = open.has(fold.dataset.key);
      const turns = element.querySelectorAll(".turn");
      const now = `${turns.length} ${Boolean(pending)}`;
      if (now !== seen && turns.length) turns[turns.length - 1].scrollIntoView({ block: "start" });
      seen = now;
    });
  }

  // ── the evidence ─────────────────────────────────────────────────────────
  function evidence(element, send, watch) {
    let wanted = null;
    translate(element);

    function show(key) {
      for (const tab of element.querySelectorAll("[role=tab]")) {
        const on = tab.dataset.tab === key;
        tab.setAttribute("aria-selected", String(on));
        tab.tabIndex = on ? 0 : -1;
      }
      for (const panel of element.querySelectorAll("[role=tabpanel]")) panel.hidden = panel.id !== `panel-${key}`;
      const menu = element.querySelector(".tab-menu select");
      if (menu) menu.value = key;
      for (const plot of element.querySelectorAll(".panel:not([hidden]) .plot")) munshi.draw(plot, base);
    }

    function settle() {
      const section = element.querySelector(".evidence[data-first]");
      if (!section) { wanted = null; return; } // a new answer opens on what it holds first
      const kept = wanted && section.querySelector(`[data-tab="${wanted}"]:not(.hollow)`);
      show(kept ? wanted : section.dataset.first);
      if (section.querySelector(".plot")) munshi.prepare(base);
      for (const code of section.querySelectorAll("[data-address]")) {
        code.textContent = code.textContent.replace(code.dataset.address, location.origin);
      }
    }

    const choose = (key) => { wanted = key; show(key); };
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      const place = Number(button.closest("[data-table]")?.dataset.table ?? 0);
      if (button.dataset.tab) choose(button.dataset.tab);
      else if (button.dataset.ask) ask(button.dataset.ask);
      else if (button.dataset.sort) send.sort({ table: place, column: button.dataset.sort });
      else if (button.dataset.page) send.turn({ table: place, page: Number(button.dataset.page) });
      else if ("csv" in button.dataset) send.csv({ table: place });
      else if ("copy" in button.dataset) copy(button);
    });
    element.addEventListener("change", ({ target }) => {
      if (target.closest(".tab-menu")) choose(target.value);
      if (!("month" in target.dataset) || !target.value || busy) return;
      setBusy(true);
      send.month({ month: target.value });
    });
    element.addEventListener("submit", (event) => {
      const form = event.target.closest("[data-run]");
      if (!form) return;
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true"); // until the answer, or the guard's reason, is drawn in its place
      wanted = null;
      send.run({ sql: form.querySelector("textarea").value });
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("[data-run]")?.requestSubmit();
      const tabs = [...element.querySelectorAll("[role=tab]")];
      const at = tabs.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const tab = tabs[(to + tabs.length) % tabs.length];
      choose(tab.dataset.tab);
      tab.focus();
    });
    document.addEventListener("munshi:theme", () => {
      for (const plot of element.querySelectorAll(".panel:not([hidden]) .plot")) munshi.draw(plot, base);
    });
    watch("value", settle);
    settle();
  }

  async function copy(button) {
    const text = button.parentElement.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const sheet = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
      sheet.select();
      document.execCommand("copy");
      sheet.remove();
    }
    button.textContent = t("Copied");
    setTimeout(() => { button.textContent = t("Copy"); }, 1500);
  }

  function download({ name, text }) {
    const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: url, download: name }));
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  return { base, name: "Munshi", t, tenant, translate, ask, header, composer, conversation, evidence, download, copy, composing: desk };
})();
