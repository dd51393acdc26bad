/* The page works without this. With it: fields are checked while one types, forms of a call are sent
   without leaving it, and what changes is shown. The server alone knows what is right, and how things
   look: this asks it, and puts its HTML in place. */
(() => {
  "use strict";

  const PATIENCE = 500; // ms without a key until a field is checked
  const SOON = [400, 1200, 2500]; // ms after something happened
  const EVERY = 4000; // ms, for what nobody tells

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  // -- what changes: every element with data-live, by its id -------------------------------------

  // A token is another text each time, and good for as long as the session.
  const sameTokens = (page) => {
    const own = document.querySelector("input[name=csrf_token]");
    for (const field of own ? page.querySelectorAll("input[name=csrf_token]") : []) {
      field.setAttribute("value", own.getAttribute("value"));
    }
  };

  const show = (page, sent) => {
    sameTokens(page);
    for (const shown of document.querySelectorAll("[data-live]")) {
      const made = page.getElementById(shown.id);
      const untouched = !shown.contains(document.activeElement) && !edited(shown);
      if (!made || shown.isEqualNode(made) || !(untouched || sent === shown)) {
        continue;
      }
      const focused = shown.contains(document.activeElement) && document.activeElement.id;
      for (const { name } of [...shown.attributes]) {
        if (!made.hasAttribute(name)) {
          shown.removeAttribute(name);
        }
      }
      for (const { name, value } of made.attributes) {
        if (shown.getAttribute(name) !== value) {
          shown.setAttribute(name, value);
        }
      }
      // The element stays: screen readers watch it, and tell what is new in it.
      shown.replaceChildren(...made.childNodes);
      if (focused) {
        document.getElementById(focused)?.focus();
      }
    }
    document.title = page.title;
    said();
  };

  const edited = (shown) =>
    [...shown.querySelectorAll("textarea, input, select")].some((field) =>
      field.options
        ? [...field.options].some((option) => option.selected !== option.defaultSelected) &&
          [...field.options].some((option) => option.defaultSelected)
        : field.value !== field.defaultValue,
    );

  let latest = 0;
  const refresh = async () => {
    const turn = ++latest;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected && turn === latest) {
        show(parse(await answer.text()));
      }
    } catch {
      // The server is away; the captions say so, and the next turn may find it.
    }
  };
  const refreshSoon = () => SOON.forEach((wait) => setTimeout(refresh, wait));

  // -- a call's forms ------------------------------------------------------------------------------

  const send = async (form) => {
    const button = form.querySelector("button");
    const data = new FormData(form);
    latest++; // what was asked for before is old
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: data,
        headers: { Accept: "text/html" },
      });
      const page = parse(await answer.text());
      if (!page.getElementById("errors")) {
        form.submit(); // another page: the session is over, or the call unknown
        return;
      }
      show(page, form);
      document.querySelector("#errors [tabindex]")?.focus();
      refreshSoon();
    } catch {
      form.submit(); // the browser says it better
    } finally {
      button.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-inplace]")) {
      event.preventDefault();
      send(event.target);
    }
  });

  // -- fields that are checked while one types ------------------------------------------------------

  const check = (form) => {
    const worked = new Set();
    let timer, asked;
    const ask = async () => {
      asked?.abort();
      asked = new AbortController();
      const { signal } = asked;
      try {
        const body = new FormData(form);
        const answer = await fetch(form.dataset.check, { method: "POST", body, signal });
        const { errors } = await answer.json();
        for (const field of worked) {
          tell(field, errors[field.name] || "");
        }
      } catch {
        // Aborted, or the server is away: the form is checked again when it is sent.
      }
    };
    const tell = (field, text) => {
      const place = document.getElementById(`${field.id}-error`);
      if (place.textContent !== text) {
        place.textContent = text;
      }
      if (text) {
        field.setAttribute("aria-invalid", "true");
      } else {
        field.removeAttribute("aria-invalid");
      }
    };
    const later = (event) => {
      if (event.target.id) {
        worked.add(event.target);
        clearTimeout(timer);
        timer = setTimeout(ask, event.type === "change" ? 0 : PATIENCE);
      }
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
  };
  document.querySelectorAll("form[data-check]").forEach(check);

  // -- the desk's own lines among the captions -------------------------------------------------------

  const said = () => {
    const list = document.querySelector("[data-captions-list]");
    const shown = new Set([...(list?.querySelectorAll(".desk-line") || [])].map((l) => l.dataset.at));
    for (const line of list ? document.querySelectorAll("#said > li") : []) {
      if (shown.has(line.dataset.at)) {
        continue;
      }
      const own = document.createElement("li");
      own.className = "desk-line";
      own.dataset.at = line.dataset.at;
      const words = document.createElement("q");
      words.dir = "auto";
      words.textContent = line.textContent;
      own.append("The desk had said: ", words);
      const at = Date.parse(line.dataset.at);
      const later = [...list.children].find((other) => Date.parse(other.dataset.at) > at);
      list.insertBefore(own, later || null);
    }
  };

  // -- what tells that something happened ----------------------------------------------------------

  if (document.querySelector("[data-live]")) {
    document.addEventListener("signalwire:state", refreshSoon);
    document.addEventListener("signalwire:summary", refresh);
    document.addEventListener("signalwire:utterance", said);
    setInterval(() => document.hidden || refresh(), EVERY);
    document.addEventListener("visibilitychange", () => document.hidden || refresh());
    said();
  }
  document.querySelector(".errors")?.focus();
})();
