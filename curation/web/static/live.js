// Public pages follow the journal: each new line that is told makes the page be read again, at most once a second.
"use strict";

(() => {
  const following = document.querySelector("[data-following]"), pause = document.querySelector("[data-pause]");
  const state = document.querySelector("[data-state]"), main = document.getElementById("main");
  const REST_MS = 1000, STALE_MS = 1500, STALE_MAX_MS = 30000, CLOSED_MS = 30000;
  let source = null, wanted = 0, last = -REST_MS, rest = REST_MS, timer = 0, due = 0, again = 0;
  let paused = false, reading = false, stale = STALE_MS;

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

  // What the reader has before their eyes: what has a name and reaches below the upper edge, if the page was moved.
  function before() {
    const one = scrollY > 0 && [...main.querySelectorAll("section[id], li[id], h2[id]")].find((each) => each.getBoundingClientRect().bottom > 0);
    return one ? [one.id, one.getBoundingClientRect().top] : null;
  }

  function put(next) {
    const open = [...main.querySelectorAll("details[open]")].map(placed), place = before();
    const moved = [...main.querySelectorAll(".wide")].filter((one) => one.scrollLeft).map((one) => [placed(one), one.scrollLeft]);
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    const focus = focused && focused.closest("[data-seq]") ? [placed(focused), focused.tagName] : null;
    main.querySelector("[data-seq]").replaceWith(document.importNode(next, true));
    if (window.htmx) window.htmx.process(main);
    for (const one of open) { const same = found(one, "details"); if (same) same.open = true; }
    for (const [one, left] of moved) { const same = found(one, "div"); if (same) same.scrollLeft = left; }
    if (focus) { const same = found(...focus); if (same) same.focus({ preventScroll: true }); }
    const same = place && document.getElementById(place[0]);
    if (same) scrollBy({ top: same.getBoundingClientRect().top - place[1], behavior: "instant" });
  }

  async function refresh() {
    timer = 0;
    if (paused || document.hidden || reading) return;
    if (inUse()) { soon(STALE_MS); return; }
    last = performance.now();
    reading = true;
    let wait = 0;
    const known = wanted;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-seq]");
      if (!next) throw new Error("another page");
      if (paused || inUse()) { wait = STALE_MS; } else {
        put(next);
        state.textContent = "Follows the journal: line " + seen() + ".";
        // What takes long to work out is some lines behind for a while: asked for again, and each time later.
        if (seen() >= wanted) { stale = STALE_MS; } else if (known < wanted) { wait = 50; } else { wait = stale; stale = Math.min(2 * stale, STALE_MAX_MS); }
      }
    } catch {
      if (!paused) state.textContent = "The server does not answer; the page shows what it said last.";
      wait = 5 * STALE_MS;
    }
    reading = false;
    rest = Math.max(REST_MS, 2 * (performance.now() - last));
    if (wait) soon(wait);
  }

  // One reading at a time, and after it as long a rest as it took: a server that is slow is not asked more often.
  function soon(wait) {
    const now = performance.now(), at = Math.max(now + wait, last + rest);
    if (reading || (timer && due <= at)) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(refresh, at - now);
  }

  // A browser has few connections to one server: pages that nobody looks at give theirs back.
  function listen() {
    if (source || paused || document.hidden) return;
    source = new EventSource("/live/events?after=" + Math.max(wanted, seen()));
    source.addEventListener("line", (event) => { wanted = Math.max(wanted, Number(event.lastEventId)); soon(50); });
    // A stream that breaks is begun again by the browser; one that is refused is not.
    source.addEventListener("error", () => {
      if (!source || source.readyState !== EventSource.CLOSED) return;
      leave();
      state.textContent = "Does not follow the journal now: too many do, or the server is away. Tries again in a while.";
      again = setTimeout(() => { listen(); soon(0); }, CLOSED_MS);
    });
  }
  function leave() { clearTimeout(again); if (source) source.close(); source = null; }

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
