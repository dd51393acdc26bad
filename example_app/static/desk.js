/* The page works without this. With it: fields are checked while one types, forms of a call are sent
   without leaving it, and what changes is shown. The server alone knows what is right, and how things
   look: this asks it, and puts its HTML in place. */
(() => {
  "use strict";

  const PATIENCE = 500; // ms without a key until a field is checked
  const SOON = [300, 1000, 2500]; // ms after something happened
  const EVERY = 4000; // ms, for what nobody tells
  const BRIEF = 8000; // ms that good news stays
  const FIELDS = "input:not([type=hidden]), select, textarea";

  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // Not the address that a form was sent to, where one that was not right is shown again.
  const HERE = $("link[rel=canonical]")?.href || location.href;
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  // -- what changes: every element with data-live, by its id -------------------------------------

  /* `sent`: the form whose answer the page is; without one, nobody here asked for it. */
  let changed = 0;
  const show = (page, sent) => {
    adoptTokens(page);
    changed = sent ? performance.now() : changed;
    for (const shown of all("[data-live]")) {
      const made = page.getElementById(shown.id);
      if (!made || shown.isEqualNode(made) || (shown !== sent && inUse(shown))) {
        continue;
      }
      // An error stays until the next thing is done, good news for a while.
      const stays = { keep: Infinity, brief: BRIEF }[shown.dataset.live] || 0;
      if (!sent && !made.childElementCount && performance.now() - changed < stays) {
        continue;
      }
      replace(shown, made);
    }
    document.title = page.title;
    placeOwnLines();
  };

  // A token is another text each time, and good for as long as the session.
  const adoptTokens = (page) => {
    const own = $("input[name=csrf_token]")?.getAttribute("value");
    for (const field of own ? all("input[name=csrf_token]", page) : []) {
      field.setAttribute("value", own);
    }
  };

  const inUse = (shown) =>
    all(FIELDS, shown).some((field) =>
      field === document.activeElement || (field.selectedOptions ? chosen(field) : typed(field)),
    );
  const chosen = (select) => [...select.selectedOptions].some((option) => !option.defaultSelected);
  const typed = (field) =>
    field.value !== field.defaultValue || (field.localName === "textarea" && field.value !== "");

  const replace = (shown, made) => {
    const controls = (root) => all(`button, ${FIELDS}`, root);
    const at = controls(shown).indexOf(document.activeElement);
    for (const { name } of [...shown.attributes]) {
      if (!made.hasAttribute(name)) {
        shown.removeAttribute(name);
      }
    }
    for (const { name, value } of made.attributes) {
      shown.setAttribute(name, value);
    }
    // The element stays: screen readers watch it, and tell what is new in it.
    shown.replaceChildren(...made.childNodes);
    if (at >= 0) {
      const next = controls(shown)[at];
      (next && !next.matches(":disabled") ? next : $("h1")).focus();
    }
  };

  const note = (text) => {
    const place = $("#notice");
    if (place && place.textContent !== text) {
      const told = document.createElement("p");
      told.className = "notice";
      told.textContent = text;
      place.replaceChildren(told);
    }
  };

  let turn = 0;
  const refresh = async () => {
    const mine = ++turn;
    try {
      const answer = await fetch(HERE, { headers: { Accept: "text/html" } });
      const page = parse(await answer.text());
      if (answer.redirected) {
        note("You are signed out. Load the page again, and sign in.");
      } else if (answer.ok && mine === turn) {
        show(page);
      }
    } catch {
      // The server is away. The captions say so, and the next turn may find it.
    }
  };
  const refreshSoon = () => SOON.forEach((wait) => setTimeout(refresh, wait));

  // -- a call's forms ------------------------------------------------------------------------------

  const send = async (form) => {
    if (form.ariaBusy === "true") {
      return; // one click too many
    }
    form.ariaBusy = "true";
    const body = new FormData(form);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "text/html" },
      });
      const page = parse(await answer.text());
      turn++; // what was asked for before is old
      if (page.getElementById("errors")) {
        show(page, form);
        $(".errors")?.focus();
        refreshSoon();
      } else {
        // Another page: the session is over, say.
        location.assign(answer.redirected ? answer.url : HERE);
      }
    } catch {
      // Never again by itself: it may have arrived.
      note("The desk did not answer. Look whether it was done before you try again.");
    } finally {
      form.ariaBusy = null;
    }
  };

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-inplace]")) {
      event.preventDefault();
      send(event.target);
    } else if (event.target.ariaBusy === "true") {
      event.preventDefault();
    } else {
      event.target.ariaBusy = "true"; // until the next page is there
    }
  });
  window.addEventListener("pageshow", () => all("form").forEach((form) => (form.ariaBusy = null)));

  // -- fields that are checked while one types ------------------------------------------------------

  const watch = (form) => {
    const worked = new Set(); // nobody is told of a field before they were there
    let timer, asked;
    const ask = async () => {
      asked?.abort();
      asked = new AbortController();
      const { signal } = asked;
      try {
        const body = new FormData(form);
        const answer = await fetch(form.dataset.check, { method: "POST", body, signal });
        const { errors } = await answer.json();
        worked.forEach((field) => tell(field, errors[field.name] || ""));
      } catch {
        // Aborted, or the server is away: all is checked again when the form is sent.
      }
    };
    const later = (event) => {
      if (event.target.matches(FIELDS)) {
        worked.add(event.target);
        clearTimeout(timer);
        timer = setTimeout(ask, event.type === "change" ? 0 : PATIENCE);
      }
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
  };

  const tell = (field, text) => {
    const place = document.getElementById(`${field.id}-error`);
    if (place.textContent !== text) {
      place.textContent = text; // polite, and once
    }
    if (text) {
      field.setAttribute("aria-invalid", "true");
    } else {
      field.removeAttribute("aria-invalid");
    }
  };

  // -- the conversation ----------------------------------------------------------------------------

  const list = $("[data-captions-list]");

  // What the desk had said is reported by nobody: its lines go among the captions, by their time.
  const placeOwnLines = () => {
    const placed = new Map(all("[data-role=desk]", list || undefined).map((l) => [l.dataset.at, l]));
    for (const line of list ? all("#said > li") : []) {
      const at = Date.parse(line.dataset.at);
      let own = placed.get(line.dataset.at);
      if (!own) {
        own = line.cloneNode(true);
        const next = [...list.children].find((other) => Date.parse(other.dataset.at) > at);
        keepTheEnd(() => list.insertBefore(own, next || null));
      }
      // After a reload the captions come when it stands there already, older ones, too.
      const last = [...list.children].findLast((other) => Date.parse(other.dataset.at) < at);
      if (last && own.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING) {
        keepTheEnd(() => last.after(own));
      }
    }
  };

  // Whoever reads the end goes on reading the end; whoever looks back is left there.
  let atEnd = true;
  const keepTheEnd = (change) => {
    change();
    if (atEnd) {
      list.scrollTop = list.scrollHeight;
    }
  };
  if (list) {
    list.tabIndex = 0; // it scrolls, so the keyboard has to get there
    list.addEventListener("scroll", () => {
      atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    });
  }

  // -- what tells that something happened ----------------------------------------------------------

  all("form[data-check]").forEach(watch);
  $(".errors")?.focus();
  if ($("[data-live]")) {
    document.addEventListener("signalwire:state", refreshSoon);
    document.addEventListener("signalwire:summary", refreshSoon);
    document.addEventListener("signalwire:utterance", () => keepTheEnd(placeOwnLines));
    document.addEventListener("visibilitychange", () => document.hidden || refresh());
    // After the end a summary may come; then nothing more.
    const over = () => $("#state")?.dataset.state === "ended" && left-- <= 0;
    let left = 30;
    setInterval(() => document.hidden || over() || refresh(), EVERY);
    placeOwnLines();
  }
})();
