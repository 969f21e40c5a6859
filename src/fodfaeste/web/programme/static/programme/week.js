// The grid of the week: arrows move between days, and dragging ticks what it passes. Without script each day is a box to tick.
"use strict";
(() => {
  document.querySelectorAll("[data-grid]").forEach((grid) => {
    const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input[type=checkbox]")]);
    const place = (box) => {
      const row = rows.findIndex((boxes) => boxes.includes(box));
      return row < 0 ? null : [row, rows[row].indexOf(box)];
    };
    const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    grid.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const from = step && place(event.target);
      if (!from) return;
      const rtl = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
      const to = rows[from[0] + step[0]]?.[from[1] + step[1] * rtl];
      if (to) {
        event.preventDefault();
        to.focus();
      }
    });
    let paint = null;
    grid.addEventListener("pointerdown", (event) => {
      const box = event.target.closest(".week-cell")?.querySelector("input");
      if (box && event.pointerType === "mouse") paint = { on: !box.checked, from: box };
    });
    grid.addEventListener("pointerover", (event) => {
      const box = event.target.closest(".week-cell")?.querySelector("input");
      if (!paint || !box || box === paint.from) return;
      paint.from.checked = paint.on;
      box.checked = paint.on;
    });
    document.addEventListener("pointerup", () => { paint = null; });
  });
})();
