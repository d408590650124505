// The review page: leases, one record at a time, keys. What the server sends is escaped there; nothing is built from text here.
"use strict";

(() => {
  const { api, newKey } = window.curate;
  const at = (id) => document.getElementById(id);
  const sheet = at("sheet"), actions = at("actions");
  const said = [];          // journal lines of this session's words, for undo; a bulk decision is one entry
  let queue = [];           // records leased to us, the first is shown: {record, html}
  const over = new Set();   // records this session is done with: an answer that is on its way may still name them
  let filling = null;
  let last = null;          // the record of the last word about one, to vouch for it
  let busy = false;
  const HEARTBEAT_MS = 60000;

  const tell = (text) => { at("said").textContent = text; };
  const filter = () => Object.fromEntries([...new FormData(at("filter"))].filter(([, value]) => value));
  const current = () => sheet.querySelector("[data-record]");

  async function fetched(record) {
    const answer = await fetch("/review/" + record, { credentials: "same-origin" });
    return answer.ok ? answer.text() : null;
  }

  // Leases the next few and fetches them ahead, so that the next record is there when the word is said.
  function fill() {
    filling = filling || filled().finally(() => { filling = null; });
    return filling;
  }

  async function filled() {
    const { ok, told } = await api("POST", "/api/queue/next", { ...filter(), count: 4 });
    if (!ok) { tell(told.detail || told.title); return; }
    const have = new Map(queue.map((one) => [one.record, one]));
    const fresh = told.records.filter((one) => !over.has(one.record))
      .map((one) => have.get(one.record) || { record: one.record, html: null });
    // What is shown stays shown, whatever is worth more by now.
    queue = queue.length ? [queue[0], ...fresh.filter((one) => one.record !== queue[0].record)] : fresh;
    for (const one of [...queue]) await ready(one);
  }

  // What cannot be shown to us any more is not ours to decide.
  async function ready(one) {
    if (one.html === null) one.html = await fetched(one.record);
    if (one.html === null) queue = queue.filter((other) => other !== one);
  }

  async function show() {
    if (!queue.length) await fill();
    while (queue.length && queue[0].html === null) await ready(queue[0]);
    if (!queue.length) {
      sheet.textContent = "Nothing waits here.";
      actions.hidden = false;  // the last word can still be taken back
      return;
    }
    sheet.innerHTML = queue[0].html;
    actions.hidden = false;
    sheet.querySelector("h2").focus();
    if (queue.length < 3) fill();
  }

  async function advance(record) {
    over.add(record);
    queue = queue.filter((one) => one.record !== record);
    await show();
  }

  // One thing at a time. What is pressed meanwhile is about a record that goes away, so it is not kept for the next.
  const WAIT = "The last word is still on its way: press again.";
  async function once(work) {
    if (busy) { tell(WAIT); return; }
    busy = true;
    actions.setAttribute("aria-busy", "true");
    try { await work(); }
    catch { tell("The server cannot be reached. Nothing is lost: try again."); }
    finally { busy = false; actions.removeAttribute("aria-busy"); }
  }

  // The same key until there is an answer: a word that was heard but not answered is not said twice.
  const keys = new Map();
  async function post(path, body) {
    const what = path + JSON.stringify(body === undefined ? null : body);
    if (!keys.has(what)) keys.set(what, newKey());
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await api("POST", path, body, keys.get(what));
        if (answer.told.type === "urn:curation:key-busy") throw new Error("still worked on");
        keys.delete(what);
        return answer;
      } catch (error) { if (tries >= 4) throw error; await new Promise((done) => setTimeout(done, 500 * 2 ** tries)); }
    }
  }

  const decide = (decision, reason, label) => once(async () => {
    const one = current();
    if (!one) return;
    const body = { decision, reason, seen: Number(one.dataset.seen) };
    if (label !== undefined) body.label = label;
    const { ok, status, told } = await post(`/api/records/${one.dataset.record}/decision`, body);
    if (ok) {
      said.push([told.line]);
      last = told.doubted ? null : one.dataset.record;
      tell(told.doubted ? "Noted: a second curator has to agree." : `${decision}: done`);
    } else {
      tell(told.detail || told.title);
      if (status !== 409) return;
    }
    await advance(one.dataset.record);
  });

  const putBy = (action, body) => once(async () => {
    const one = current();
    if (!one) return;
    const { ok, told } = await post(`/api/records/${one.dataset.record}/${action}`, body);
    tell(ok ? (action === "skip" ? "Skipped" : "Flagged for the owner") : told.detail || told.title);
    if (ok) await advance(one.dataset.record);
  });

  const undo = () => once(async () => {
    const lines = said[said.length - 1];
    if (!lines) { tell("There is nothing to undo in this session."); return; }
    const { ok, told } = await post("/api/words/undo", { lines });
    if (!ok) { tell(told.detail || told.title); return; }
    said.pop();
    last = null;
    tell(lines.length > 1 ? `${lines.length} words undone` : "Undone");
    const record = told.undone[0].record;
    told.undone.forEach((one) => over.delete(one.record));
    if (lines.length === 1 && record) {
      const html = await fetched(record);
      if (html !== null) queue = [{ record, html, isHeld: told.held }, ...queue.filter((other) => other.record !== record)];
    }
    await show();
  });

  function asked(dialog, focus) {
    dialog.returnValue = "";
    dialog.showModal();
    if (focus) focus.focus();
    return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue), { once: true }));
  }

  async function reject() {
    const own = at("own-reason");
    own.value = "";
    const answer = await asked(at("reasons"), at("reasons").querySelector("[data-reason]"));
    const reason = answer === "own" ? own.value.trim() : answer;
    if (reason) decide("reject", reason);
    else if (answer === "own") tell("A reason is wanted.");
  }

  async function relabel() {
    const one = current();
    if (!one) return;
    if (!one.dataset.hasLabels) { tell("This datanet has no labels."); return; }
    const select = at("new-label");
    select.replaceChildren(...JSON.parse(one.dataset.labels).filter((label) => label !== one.dataset.label).map((label) => {
      const option = document.createElement("option");
      option.textContent = label;
      option.value = label;
      return option;
    }));
    if (await asked(at("relabels"), select) === "own" && select.value) decide("relabel", "another label is right", select.value);
  }

  async function flag() {
    const own = at("flag-reason");
    own.value = "";
    if (await asked(at("flags"), own) === "own" && own.value.trim()) putBy("flag", { reason: own.value.trim() });
  }

  async function vouch() {
    const own = at("vouch-reason"), record = last;
    if (!record) { tell("Say a word about a record first."); return; }
    own.value = "";
    if (await asked(at("vouches"), own) !== "own") return;
    if (!own.value.trim()) { tell("A reason is wanted."); return; }
    await once(async () => {
      const { ok, told } = await post(`/api/records/${record}/nominate`, { reason: own.value.trim() });
      tell(ok ? "You vouch for it" : told.detail || told.title);
      if (ok) last = null;
    });
  }

  async function many() {
    const wanted = filter();
    const answer = await fetch("/api/queue/bulk?" + new URLSearchParams(wanted), { credentials: "same-origin" });
    const seen = await answer.json();
    if (!answer.ok || !seen.count) { tell(seen.detail || "Nothing waits here."); return; }
    at("bulk-count").textContent = `${seen.count} records wait there${seen.count === seen.most ? " and perhaps more" : ""}. The first of them:`;
    at("bulk-examples").replaceChildren(...seen.examples.map((one) => {
      const item = document.createElement("li"), text = document.createElement("bdi");
      text.textContent = one.text;
      item.append(text);
      return item;
    }));
    at("bulk-reason").value = "";
    const decision = await asked(at("bulk"), at("bulk-reason"));
    const reason = at("bulk-reason").value.trim();
    if (!decision) return;
    if (!reason) { tell("A reason is wanted."); return; }
    await once(async () => {
      const { ok, told } = await post("/api/queue/bulk", { ...wanted, decision, reason, seen: seen.seen });
      tell(ok ? `${told.count} decided; undo takes all of them back` : told.detail || told.title);
      if (ok) { said.push(told.lines); queue = []; await show(); }
    });
  }

  function move(step) {
    const parts = [...sheet.querySelectorAll("[data-part]")];
    const next = parts.indexOf(document.activeElement) + step;
    if (parts.length) parts[Math.min(Math.max(next, 0), parts.length - 1)].focus();
  }

  const ACTS = {
    accept: () => decide("accept", "looked at and right"),
    reject, relabel, flag, undo, vouch,
    skip: () => putBy("skip"),
    help: () => asked(at("help")),
  };
  const KEYS = { a: "accept", x: "reject", r: "relabel", f: "flag", n: "vouch", " ": "skip", Backspace: "undo", "?": "help" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      const reasons = [...dialog.querySelectorAll("[data-reason]")];
      const chosen = event.target.matches("input") ? undefined : reasons[Number(event.key) - 1];
      if (chosen) { event.preventDefault(); dialog.close(chosen.dataset.reason); }
      return;
    }
    if (event.target.matches("input, select, textarea, button, a") && event.key !== "Backspace") {
      // Where a key already means something it keeps its meaning; letters mean nothing to a button or a link.
      if (event.target.matches("input, select, textarea") || event.key === " ") return;
    }
    if (event.target.matches("input, textarea, select")) return;
    if (event.key === "j" || event.key === "k") { event.preventDefault(); move(event.key === "j" ? 1 : -1); return; }
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); if (busy) tell(WAIT); else ACTS[act](); }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-reason], #many");
    if (!button) return;
    if (busy) tell(WAIT);
    else if (button.dataset.act) ACTS[button.dataset.act]();
    else if (button.dataset.reason) button.closest("dialog").close(button.dataset.reason);
    else many();
  });

  // Where there is room for them the filters are open; on a phone the record comes first.
  const wide = matchMedia("(min-width: 45rem)");
  const fold = () => { at("which").open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();

  at("filter").addEventListener("submit", (event) => {
    event.preventDefault();
    fold();
    once(async () => { queue = []; over.clear(); await show(); });
  });

  // Whoever goes away holds nothing: others need not wait for the leases to run out. A page that comes back asks anew.
  addEventListener("pagehide", () => {
    const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content };
    fetch("/api/leases", { method: "DELETE", headers, credentials: "same-origin", keepalive: true }).catch(() => {});
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // What came back by undo may be another's by then: the word about it is refused when they were quicker.
  setInterval(() => { if (queue[0] && queue[0].isHeld !== false && !busy) api("POST", `/api/records/${queue[0].record}/lease`).catch(() => {}); }, HEARTBEAT_MS);
  once(show);
})();
