// Marks the selected words of an example as what they are. Without it, the marks are typed by hand.
"use strict";
for (const row of document.querySelectorAll("[data-marks]")) {
  const box = document.getElementById(row.dataset.marks);
  row.hidden = false;
  row.addEventListener("click", ({ target }) => {
    const { selectionStart: start, selectionEnd: end, value } = box;
    const words = value.slice(start, end).trim();
    if (!target.value || !words || /[[\](){}\n]/.test(words)) return;
    box.setRangeText(`[${words}](${target.value})`, start, end, "end");
    box.focus();
  });
}
