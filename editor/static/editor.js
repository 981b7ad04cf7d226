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

// While something is being published, the page looks again every two seconds.
async function lookAgain() {
  const live = document.querySelector("[data-refresh]");
  if (!live) return;
  const page = await fetch(location.href, { credentials: "same-origin" }).then((answer) => answer.text());
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("live");
  if (fresh && !fresh.hasAttribute("data-refresh")) location.reload();
  else if (fresh && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML;
}
setInterval(() => lookAgain().catch(() => {}), 2000);
