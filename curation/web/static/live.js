// Public pages follow the journal: each new line that is told makes the page be read again, at most once a second.
"use strict";

(() => {
  const following = document.querySelector("[data-following]"), pause = document.querySelector("[data-pause]");
  const state = document.querySelector("[data-state]"), main = document.getElementById("main");
  const REST_MS = 1000, STALE_MS = 1500;
  let source = null, wanted = 0, last = -REST_MS, timer = 0, paused = false;

  const seen = () => Number(main.querySelector("[data-seq]").dataset.seq);

  // Somebody who reads, selects or writes here is not interrupted.
  function inUse() {
    const chosen = document.getSelection(), at = document.activeElement;
    return (chosen && !chosen.isCollapsed && main.contains(chosen.anchorNode)) || (at && at.matches("input") && main.contains(at));
  }

  // Where an element stands in the page, so that it is found again in the next one.
  function placed(element) {
    const section = element.closest("section[id], li[id]"), inside = section || main;
    return [section ? section.id : "", [...inside.querySelectorAll(element.tagName)].indexOf(element)];
  }
  function found([id, place], tag) {
    const inside = id ? document.getElementById(id) : main;
    return inside ? inside.querySelectorAll(tag)[place] : undefined;
  }

  async function refresh() {
    timer = 0;
    if (paused || document.hidden) return;
    if (inUse()) { soon(STALE_MS); return; }
    last = performance.now();
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-seq]");
      if (!next || paused || inUse()) { soon(STALE_MS); return; }
      const open = [...main.querySelectorAll("details[open]")].map(placed);
      const focused = main.contains(document.activeElement) ? document.activeElement : null;
      const focus = focused && focused.closest("[data-seq]") ? [placed(focused), focused.tagName] : null;
      main.querySelector("[data-seq]").replaceWith(document.importNode(next, true));
      for (const one of open) { const again = found(one, "details"); if (again) again.open = true; }
      if (focus) { const again = found(...focus); if (again) again.focus({ preventScroll: true }); }
      state.textContent = "Follows the journal: line " + seen() + ".";
      // What takes long to work out is a line behind for a while.
      if (seen() < wanted) soon(STALE_MS);
    } catch { state.textContent = "The server does not answer; the page shows what it said last."; soon(5 * STALE_MS); }
  }

  function soon(wait) {
    if (timer) return;
    timer = setTimeout(refresh, Math.max(wait, REST_MS - (performance.now() - last), 0));
  }

  // A browser has few connections to one server: pages that nobody looks at give theirs back.
  function listen() {
    if (source || paused || document.hidden) return;
    source = new EventSource("/live/events?after=" + Math.max(wanted, seen()));
    source.addEventListener("line", (event) => { wanted = Math.max(wanted, Number(event.lastEventId)); soon(50); });
  }
  function leave() { if (source) source.close(); source = null; }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    state.textContent = paused ? "Updates are paused." : "Follows the journal.";
    if (paused) { leave(); clearTimeout(timer); timer = 0; } else { listen(); soon(0); }
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); else { listen(); soon(0); } });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);
  following.hidden = false;
  listen();
})();
