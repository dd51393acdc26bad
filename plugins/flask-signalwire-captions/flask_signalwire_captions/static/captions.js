/* Fills a list with the captions of a call. Read the page of the plugin for its attributes.
   No inline code, no markup made of what was said: text is text, so `script-src 'self'` will do. */
(() => {
  "use strict";

  const RTL = /^(ar|arc|ckb|dv|fa|he|iw|ks|ku-Arab|nqo|ps|sd|syr|ug|ur|yi)(-|_|$)/i;
  const SLOW = 30000;

  class Captions {
    constructor(root) {
      this.root = root;
      this.list = root.querySelector("[data-captions-list]");
      this.live = root.querySelector("[data-captions-live]");
      this.status = root.querySelector("[data-captions-status]");
      this.wanted = root.dataset.captionsLang || "";
      this.elsewhere = root.dataset.captionsSummary === "false";
      this.limit = Number(root.dataset.captionsLimit) || 500;
      this.lines = new Map();
      this.announced = new Set();
      this.last = "";
      this.wait = 2000;
      this.connect();
    }

    connect() {
      const url = new URL(this.root.dataset.signalwireCaptions, document.baseURI);
      if (this.last) {
        url.searchParams.set("last_id", this.last);
      }
      this.show("connecting");
      const source = new EventSource(url, { withCredentials: true });
      source.addEventListener("open", () => {
        this.wait = 2000;
        this.show("open");
      });
      source.addEventListener("error", () => {
        this.show("lost");
        // The browser connects again by itself after a lost connection, not after a refusal.
        if (source.readyState === EventSource.CLOSED) {
          setTimeout(() => this.connect(), this.wait);
          this.wait = Math.min(this.wait * 2, SLOW);
        }
      });
      const on = (type, take) =>
        source.addEventListener(type, (event) => {
          if (event.lastEventId) {
            this.last = event.lastEventId;
          }
          const data = JSON.parse(event.data);
          take(data);
          this.root.dispatchEvent(
            new CustomEvent("signalwire:" + type, { bubbles: true, detail: data }),
          );
        });
      on("utterance", (line) => this.say(line));
      on("state", (told) => {
        this.root.dataset.callState = told.state;
      });
      on("summary", (summary) => this.elsewhere || this.summarize(summary));
      on("gap", () => this.note("gap"));
      on("end", () => {
        source.close();
        this.show("ended");
      });
    }

    say(line) {
      let item = this.lines.get(line.id);
      if (!item && this.announced.has(line.id)) {
        return; // It made room, and a translation comes late.
      }
      if (!item) {
        item = this.add("signalwire-captions__line");
        this.lines.set(line.id, item);
      }
      item.dataset.role = line.role || "";
      item.dataset.final = String(line.final);
      item.dataset.at = line.timestamp || "";
      item.textContent = "";
      item.append(this.text("original", line.content, line.lang));
      for (const [lang, content] of Object.entries(line.translations)) {
        if (!this.wanted || !lang || lang === this.wanted) {
          item.append(this.text("translation", content, lang));
        }
      }
      if (line.final && !this.announced.has(line.id)) {
        this.announced.add(line.id);
        this.announce(line.content, line.lang);
      }
      this.trim();
    }

    summarize(summary) {
      const key = "summary " + (summary.lang || "");
      let item = this.lines.get(key);
      if (!item) {
        item = this.add("signalwire-captions__summary");
        this.lines.set(key, item);
      }
      item.textContent = "";
      item.append(this.text("original", summary.text, summary.lang));
    }

    note(name) {
      const item = this.add("signalwire-captions__note");
      item.textContent = this.root.dataset["text" + name[0].toUpperCase() + name.slice(1)] || name;
    }

    add(name) {
      const item = document.createElement("li");
      item.className = name;
      this.list.append(item);
      return item;
    }

    text(name, content, lang) {
      const part = document.createElement("span");
      part.className = "signalwire-captions__" + name;
      this.speak(part, content, lang);
      return part;
    }

    speak(element, content, lang) {
      if (lang && lang !== "multi") {
        element.lang = lang;
      }
      element.dir = lang && RTL.test(lang) ? "rtl" : "auto";
      element.textContent = content;
    }

    announce(content, lang) {
      const said = document.createElement("p");
      this.speak(said, content, lang);
      this.live.append(said);
      while (this.live.childElementCount > 3) {
        this.live.firstElementChild.remove();
      }
    }

    trim() {
      while (this.lines.size > this.limit) {
        const [id, item] = this.lines.entries().next().value;
        item.remove();
        this.lines.delete(id);
      }
    }

    show(state) {
      this.root.dataset.connection = state;
      const name = "text" + state[0].toUpperCase() + state.slice(1);
      this.status.textContent = this.root.dataset[name] || state;
    }
  }

  const start = () => {
    for (const root of document.querySelectorAll("[data-signalwire-captions]")) {
      if (!root.dataset.connection) {
        new Captions(root);
      }
    }
  };
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
