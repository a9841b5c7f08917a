// Files that are brought in on a page: dropped, looked at, taken in, with how far it is.
(() => {
  const sent = (address, options = {}) => fetch(address, { method: "POST", ...options });

  async function show(place, answer) {
    if (answer.status === 401) { location.assign("/sign-in"); return; }
    place.innerHTML = await answer.text();
  }

  async function bring(section, file) {
    const place = section.querySelector("[data-brought]");
    place.innerHTML = '<div class="bones"><span class="bone wide"></span><span class="bone"></span></div>';
    section.setAttribute("aria-busy", "true");
    try {
      await show(place, await sent(`/intake?name=${encodeURIComponent(file.name)}`, { body: file }));
    } catch {
      place.textContent = munshi.t("The server does not answer: nothing was changed. Try again.");
    } finally {
      section.removeAttribute("aria-busy");
    }
  }

  async function follow(place, token) {
    while (place.isConnected && place.querySelector('[data-state="running"]')) {
      await new Promise((done) => setTimeout(done, 700));
      const answer = await fetch(`/intake/${token}`).catch(() => null);
      if (answer) await show(place, answer);
    }
    if (place.querySelector('[data-state="done"]')) munshi.refreshLive?.();
  }

  const token = (within) => within.closest("[data-token]").dataset.token;
  const over = (event) => event.target.closest?.("[data-drop]");

  document.addEventListener("change", ({ target }) => {
    if (target.closest("[data-drop]") && target.files?.length) bring(target.closest(".intake"), target.files[0]);
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => { if (over(event)) { event.preventDefault(); over(event).classList.add("over"); } });
  }
  document.addEventListener("dragleave", (event) => { if (over(event) && !over(event).contains(event.relatedTarget)) over(event).classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    const place = over(event);
    if (!place) return;
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length) bring(place.closest(".intake"), event.dataTransfer.files[0]);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-telling]");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    await show(form.closest("[data-brought]"), await sent(`/intake/${token(form)}/preview?${new URLSearchParams(new FormData(form))}`));
  }, true);
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-take]");
    if (!button) return;
    const [place, which] = [button.closest("[data-brought]"), token(button)];
    button.disabled = true;
    await show(place, await sent(`/intake/${which}/take`));
    follow(place, which);
  });
})();
