// Buttons of pages that do something: a form asks first where there is something to ask, then the server does it.
(() => {
  let toast = null;
  let leaving = 0;

  const { address, source, fetched, swap } = munshi.pageParts;
  const stage = () => document.querySelector(".gradio-container"); // seen on every page, Ask too
  const body = () => document.querySelector("[data-page-body]");

  async function send(page, sent) {
    const answer = await fetch(`/act/${encodeURIComponent(page)}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(sent),
    });
    if (answer.status === 401) { location.assign("/sign-in"); return null; }
    return { ok: answer.ok, ...(await answer.json()) };
  }

  // What was done is said below, with the way back beside it; wrongs stay until they are put away.
  function say(text, { undo = "", wrong = false, on = "" } = {}) {
    toast ??= stage().appendChild(document.querySelector("[data-toast]"));
    toast.classList.toggle("wrong", wrong);
    toast.querySelector("[data-toast-text]").textContent = text;
    const back = toast.querySelector("[data-undo]");
    back.hidden = !undo;
    back.dataset.undo = undo;
    back.dataset.on = on;
    toast.hidden = false;
    clearTimeout(leaving);
    if (!wrong) leaving = setTimeout(() => { toast.hidden = true; }, undo ? 20_000 : 6_000);
  }

  async function refresh(keys) {
    const there = address();
    for (const key of keys) {
      const place = body().querySelector(`[data-block="${CSS.escape(key)}"]`);
      if (!place) continue;
      const html = await fetched(source(there, key)).catch(() => null);
      if (html !== null && place.isConnected) swap(place, html);
    }
    munshi.count?.();
  }

  async function done(told, on) {
    if (told.leads) location.hash = told.leads;
    say(told.said, { undo: told.undo ?? "", on });
    if (told.shown) show(told);
    await refresh(told.blocks);
  }

  // A text to be read and copied: a key that is shown this once, a letter.
  function show({ said, shown }) {
    const dialog = document.createElement("dialog");
    dialog.className = "act shown";
    dialog.setAttribute("aria-label", said);
    const [title, row, text, copy, close] = ["h2", "p", "code", "button", "button"].map((tag) => document.createElement(tag));
    title.textContent = said;
    text.textContent = shown.startsWith("#/") ? `${location.origin}/${shown}` : shown; // an address of this server
    Object.assign(copy, { type: "button", textContent: munshi.t("Copy"), className: "button main", onclick: () => munshi.copy(copy) });
    Object.assign(close, { type: "button", textContent: munshi.t("Close"), className: "button", onclick: () => dialog.close() });
    row.className = "choose";
    row.append(copy, close);
    const pre = document.createElement("pre");
    pre.tabIndex = 0;
    pre.append(text);
    const body = document.createElement("div");
    body.append(title, pre, row);
    dialog.append(body);
    stage().append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  async function press(button) {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      const page = button.dataset.on ?? address().page;
      if ("asks" in button.dataset) await ask(page, button);
      else {
        const told = await send(page, { action: button.dataset.act, told: JSON.parse(button.dataset.told) });
        if (told?.ok) await done(told, page);
        else if (told) say(told.said, { wrong: true });
      }
    } catch {
      say(munshi.t("The server does not answer: nothing was changed. Try again."), { wrong: true });
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async function ask(page, button) {
    const query = new URLSearchParams({ told: button.dataset.told });
    const html = await fetched(new URL(`/act/${encodeURIComponent(page)}/${button.dataset.act}?${query}`, location.origin));
    if (html === null) return;
    const held = document.createElement("template");
    held.innerHTML = html;
    const dialog = held.content.querySelector("dialog");
    if (!dialog) { say(held.content.textContent.trim(), { wrong: true }); return; }
    dialog.querySelector("form").dataset.on = page;
    stage().append(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); if (button.isConnected) button.focus(); });
    dialog.showModal();
  }

  async function submit(form) {
    const wrong = form.querySelector(".wrong");
    const page = form.dataset.on;
    const entered = Object.fromEntries(new FormData(form));
    try {
      const told = await send(page, { action: form.dataset.actForm, told: JSON.parse(form.dataset.told), entered });
      if (told?.ok) { form.closest("dialog").close(); await done(told, page); return; }
      wrong.textContent = told?.said ?? "";
    } catch {
      wrong.textContent = munshi.t("The server does not answer: nothing was changed. Try again.");
    }
    wrong.hidden = false;
  }

  // How much waits on each page, beside its name.
  munshi.count = async () => {
    if (!document.querySelector("[data-nav]")) return;
    const answer = await fetch("/counts").catch(() => null);
    if (!answer?.ok) return;
    for (const [page, count] of Object.entries(await answer.json())) {
      const link = document.querySelector(`[data-nav="${CSS.escape(page)}"]`);
      if (!link) continue;
      let mark = link.querySelector(".count");
      if (!count) { mark?.remove(); continue; }
      mark ??= link.appendChild(Object.assign(document.createElement("span"), { className: "count" }));
      mark.textContent = count;
      mark.setAttribute("aria-label", `${count} open`);
    }
  };
  // Everything that people change, after something was changed otherwise than by a button.
  munshi.refreshLive = () => refresh([...body().querySelectorAll("[data-block]:not(.intake)")].map((each) => each.dataset.block));

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-act]");
    if (button) press(button);
    else if (target.closest("[data-dismiss]")) target.closest("dialog")?.close();
    else if (target.closest("[data-put-away]")) toast.hidden = true;
    else if (target.closest("[data-undo]")) {
      const { undo, on } = toast.querySelector("[data-undo]").dataset;
      const told = await send(on, { undo }).catch(() => null);
      if (told?.ok) await done(told, on);
      else say(told?.said ?? munshi.t("The server does not answer: nothing was changed. Try again."), { wrong: true });
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.actForm) return;
    event.preventDefault();
    event.stopPropagation();
    submit(event.target);
  }, true);
})();
