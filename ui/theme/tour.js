// Being shown round: a card beside the page that points at one thing after another; it takes no focus of its own accord.
(() => {
  let card = null;
  let first = false;
  let offered = false;

  function leave() {
    if (!card) return;
    const focused = card.contains(document.activeElement);
    point(null);
    card.remove();
    card = null;
    if (focused) munshi.composing.focus?.();
    if (first) fetch("/tour", { method: "POST" }).catch(() => {}); // not remembered, it is offered again
    first = false;
  }

  function point(selector) {
    document.querySelector(".toured")?.classList.remove("toured");
    if (selector) document.querySelector(selector)?.classList.add("toured");
  }

  function show(steps, place) {
    const { title, text, at } = steps[place].dataset;
    card.querySelector("[data-tour-place]").textContent = munshi.t("{place} of {total}", { place: place + 1, total: steps.length });
    card.querySelector("h2").textContent = munshi.t(title);
    card.querySelector("[data-tour-text]").textContent = munshi.t(text);
    card.querySelector("[data-tour-back]").disabled = place === 0;
    card.querySelector("[data-tour-next]").textContent = place + 1 === steps.length ? munshi.t("Done") : munshi.t("Next");
    card.dataset.place = place;
    point(at);
  }

  function start(template, focus) {
    if (card) leave();
    const held = template.content.cloneNode(true);
    munshi.translate(held); // the bare head, seen before it is known who looks, is in English
    const steps = [...held.querySelectorAll("[data-at]")];
    card = held.querySelector(".tour");
    document.querySelector(".gradio-container").append(card);
    const go = (by) => {
      const place = Number(card.dataset.place) + by;
      if (place >= steps.length) leave();
      else if (place >= 0) show(steps, place);
    };
    card.addEventListener("click", ({ target }) => {
      if (target.closest("[data-tour-next]")) go(1);
      else if (target.closest("[data-tour-back]")) go(-1);
      else if (target.closest("[data-tour-leave]")) leave();
    });
    card.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowRight") go(1);
      if (key === "ArrowLeft") go(-1);
    });
    show(steps, 0);
    if (focus) card.querySelector("[data-tour-next]").focus();
  }

  // The head is drawn anew when it is known who looks: then it says whether he was here before.
  munshi.tour = (element) => {
    const template = element.querySelector("template[data-tour]");
    if (!template || offered || !("first" in template.dataset) || document.documentElement.dataset.page !== "ask") return;
    offered = true;
    first = true;
    start(template, false);
  };

  addEventListener("keydown", ({ key }) => { if (key === "Escape") leave(); });
  addEventListener("hashchange", () => { if (document.documentElement.dataset.page !== "ask") leave(); });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-tour-open]");
    if (!button) return;
    if (document.documentElement.dataset.page !== "ask") location.hash = "#/ask";
    setTimeout(() => start(document.querySelector("template[data-tour]"), true));
  });
})();
