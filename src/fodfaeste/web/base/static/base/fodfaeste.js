// What the pages do with script, and everything works without: focus on what is wrong, keys for search and help,
// printing, and a question before somebody is signed out.
"use strict";
(() => {
  const WARN_SECONDS = 120;
  const kept = {
    get(name) {
      try { return localStorage.getItem(name); } catch { return null; }
    },
    set(name, value) {
      try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing asks again */ }
    },
  };

  const typing = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
  const shortcutsOn = () => kept.get("genveje") !== "fra";
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
    return dialog;
  };

  function labelSwitches() {
    document.querySelectorAll("[data-shortcuts]").forEach((button) => {
      button.textContent = shortcutsOn() ? button.dataset.off : button.dataset.on;
    });
  }

  function ready(root) {
    root.querySelectorAll("[data-script-only]").forEach((element) => { element.hidden = false; });
    root.querySelector("[data-takes-focus]")?.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-shortcuts]")) {
      kept.set("genveje", shortcutsOn() ? "fra" : "til");
      labelSwitches();
    }
  });

  // What cannot be copied is marked, so that the keys of the browser copy it.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    source.select();
    try {
      await navigator.clipboard.writeText(source.value);
      button.parentElement.querySelector("[data-copied]").textContent = button.dataset.done;
    } catch { /* it stays marked */ }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || !shortcutsOn()) return;
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?") {
      event.preventDefault();
      open("genveje");
    }
  });

  // Every page that is open in this browser counts as being there.
  function watchIdleness(seconds, address) {
    const touch = () => kept.set("aktiv", String(Date.now()));
    const idle = () => (Date.now() - Number(kept.get("aktiv") ?? Date.now())) / 1000;
    touch();
    document.addEventListener("htmx:afterRequest", touch);
    document.getElementById("uvirksom")?.addEventListener("close", () => {
      fetch(address, { credentials: "same-origin" }).then(touch, () => { /* asked again in a while */ });
    });
    setInterval(() => { if (idle() > seconds - WARN_SECONDS) open("uvirksom"); }, 5000);
  }

  ready(document);
  labelSwitches();
  document.addEventListener("htmx:load", (event) => ready(event.target));
  const { idleSeconds, stay } = document.body.dataset;
  if (idleSeconds) watchIdleness(Number(idleSeconds), stay);
})();
