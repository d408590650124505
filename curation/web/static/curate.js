// What every page needs: signing in and out, forms that speak JSON to the API, and the headers that writing wants.
"use strict";

const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

// A new word for each thing that is to be done. (randomUUID exists only on https and on this machine.)
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function api(method, path, body, key) {
  const headers = { "X-CSRF-Token": csrf() };
  if (method === "POST") headers["Idempotency-Key"] = key || newKey();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method, headers, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let told = {};
  try { told = text ? JSON.parse(text) : {}; } catch { told = { detail: "the server answered something unreadable" }; }
  return { ok: answer.ok, status: answer.status, told };
}

function say(place, text) { place.textContent = text; }

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-sign-in]")) {
    event.preventDefault();
    const field = form.elements.token, place = form.querySelector(".answer");
    try {
      const answer = await fetch("/session", {
        method: "POST", credentials: "same-origin", headers: { Authorization: "Bearer " + field.value.trim() },
      });
      const told = await answer.json();
      field.value = "";
      if (answer.ok) { location.assign(told.home); return; }
      say(place, told.detail);
    } catch { say(place, "The server cannot be reached, or the token holds characters that no token has."); }
    field.focus();
  } else if (form.matches("[data-api]")) {
    event.preventDefault();
    const button = form.querySelector("button"), place = form.querySelector(".answer");
    // A repeated press is the same request: the key stays with the form until it is answered well.
    form.dataset.key = form.dataset.key || newKey();
    button.disabled = true;
    try {
      const body = Object.fromEntries(new FormData(form));
      const { ok, told } = await api("POST", form.dataset.api, body, form.dataset.key);
      if (ok) { form.replaceChildren(place); say(place, form.dataset.done || "Done. It waits for a curator now."); return; }
      delete form.dataset.key;
      say(place, told.detail || told.title);
    } catch { say(place, "The server cannot be reached; try again."); }
    button.disabled = false;
  }
});

document.addEventListener("click", async (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  await api("DELETE", "/session");
  location.assign("/signin");
});

// htmx sends what writing wants, too.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf();
  if (event.detail.verb === "post") event.detail.headers["Idempotency-Key"] = newKey();
});

window.curate = { api, newKey };
