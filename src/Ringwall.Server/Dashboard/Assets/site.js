// What a page does beyond being read: parts marked data-live are fetched again when the server says that something changed, charts are drawn over their
// tables, and a passkey is asked for. Everything works without this file, except the passkey.

const live = document.querySelector("[data-events]");
if (live && "EventSource" in window) {
  follow(live.dataset.events);
}

drawCharts();
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

/** One request at a time; a change that comes meanwhile asks for one more. Hidden pages wait until somebody looks. */
function follow(address) {
  let source = null;
  let busy = false;
  let again = false;

  const refresh = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    try {
      const answer = await fetch(location.href, { headers: { "X-Ringwall-Live": "1" }, redirect: "error" });
      if (answer.ok) {
        replaceParts(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    } catch {
      // The connection is gone; the source of events connects again by itself, and its first event brings the page up to date.
    } finally {
      busy = false;
    }
    if (again) {
      refresh();
    }
  };

  const mark = state => document.documentElement.dataset.live = state;
  const open = () => {
    source = new EventSource(address);
    source.addEventListener("open", () => mark("on"));
    source.addEventListener("error", () => mark("lost"));
    source.addEventListener("changed", refresh);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      open();
    }
  });
  if (!document.hidden) {
    open();
  }
}

/** A part in which somebody types or stands with the keyboard stays as it is. */
function replaceParts(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (!other || part.innerHTML === other.innerHTML || part.dataset.seen === other.innerHTML || part.contains(document.activeElement)) {
      continue;
    }
    const open = new Set([...part.querySelectorAll("details[open][id]")].map(details => details.id));
    part.dataset.seen = other.innerHTML;
    part.innerHTML = other.innerHTML;
    for (const id of open) {
      document.getElementById(id)?.setAttribute("open", "");
    }
  }
  drawCharts();
}

async function drawCharts() {
  const charts = [...document.querySelectorAll("[data-chart]:not([data-drawn])")];
  if (charts.length === 0) {
    return;
  }
  const module = document.querySelector("link[data-chart-module]");
  const { draw } = await import(module.href);
  for (const chart of charts) {
    draw(chart);
  }
}

const passkey = document.querySelector("[data-passkey]");
if (passkey && window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  passkey.hidden = false;
  onPress(passkey, async () => {
    const begun = await post("/api/v1/sign-in/passkey/options");
    const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(begun.options)) });
    await post("/api/v1/sign-in/passkey", { pending: begun.pending, credential: JSON.stringify(credential) });
    location.assign(passkey.dataset.next);
  });
}

const newPasskey = document.querySelector("[data-new-passkey]");
if (newPasskey && window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  newPasskey.hidden = false;
  onPress(newPasskey, async () => {
    const name = newPasskey.querySelector("input").value;
    const begun = await post("/api/v1/me/passkeys/options", {}, newPasskey.dataset.token);
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(begun.options)) });
    await post("/api/v1/me/passkeys", { name, pending: begun.pending, credential: JSON.stringify(credential) }, newPasskey.dataset.token);
    location.reload();
  });
}

function onPress(box, act) {
  box.querySelector("button").addEventListener("click", async () => {
    const says = box.querySelector("[role=status]");
    says.textContent = "";
    try {
      await act();
    } catch (error) {
      says.textContent = error.name === "NotAllowedError" ? "No passkey was used." : error.message;
    }
  });
}

async function post(address, body = {}, token = "") {
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-Antiforgery": token }, body: JSON.stringify(body) });
  const text = await answer.text();
  const said = text ? JSON.parse(text) : {};
  if (!answer.ok) {
    throw new Error([said.title, said.detail].filter(Boolean).join(": ") || "It was refused.");
  }
  return said;
}
