// Keeps what is being written: a few seconds after the last key it is sent, and what could not be sent is sent again.
"use strict";
(() => {
  const WAIT = 3000;
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const field = form.querySelector("textarea[name=text]");
    const state = form.querySelector("[data-draft-state]");
    let sent = field.value;
    let timer = 0;
    const say = (kept) => {
      const time = new Date().toTimeString().slice(0, 5);
      const danish = document.documentElement.lang === "da";
      if (!kept) state.textContent = danish ? "Kladden er ikke gemt; der prøves igen." : "The draft is not kept yet; trying again.";
      else state.textContent = danish ? `Kladde gemt ${time}` : `Draft kept ${time}`;
    };
    const keep = () => {
      const text = field.value;
      if (text === sent) return;
      const body = new FormData();
      body.set("text", text);
      body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      fetch(form.dataset.draft, { method: "POST", body, credentials: "same-origin", redirect: "manual", keepalive: true })
        .then((answer) => {
          if (answer.status !== 204) throw new Error(String(answer.status));
          sent = text;
          say(true);
        })
        .catch(() => {
          say(false);
          timer = setTimeout(keep, WAIT);
        });
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, WAIT);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  });
})();
