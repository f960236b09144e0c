// Progressive enhancement only: every page works without this file.
// All words come from the page (data-words on <body>), so that they can be translated.
const words = JSON.parse(document.body.dataset.words || "{}");
const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] || "");
const number = new Intl.NumberFormat(document.documentElement.lang || "en");
const percent = new Intl.NumberFormat(document.documentElement.lang || "en", { style: "percent" });
const live = document.getElementById("live");
let announcing;
const announce = (text) => {
  clearTimeout(announcing);
  announcing = setTimeout(() => live && (live.textContent = text), 400);
};
const all = (selector, start = document) => [...start.querySelectorAll(selector)];
const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const plain = (text) => text.normalize("NFKD").replace(/\p{M}|ـ/gu, "").replace(/[أإآٱ]/g, "ا").replace(/ى/g, "ي").replace(/ة/g, "ه").toLowerCase();
const matches = (query) => {
  const parts = plain(query).split(/\s+/).filter(Boolean);
  return (text) => parts.every((part) => plain(text).includes(part));
};
const describe = (control, id) => {
  const ids = new Set((control.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  control.setAttribute("aria-describedby", [...ids.add(id)].join(" "));
};

// Folded away things open for whoever is sent to them.
const reveal = (element) => {
  for (let at = element; at; at = at.parentElement) {
    if (at.tagName === "DETAILS") at.open = true;
    if (at.matches("[data-shows-for]")) at.hidden = false;
  }
};

// The error summary takes the focus; its links go to the first control of a group.
const summary = document.querySelector(".error-summary");
all(".error-summary, .missing").forEach((list) => {
  all("a[href^='#']", list).forEach((link) => {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    if (list === summary) reveal(target);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      reveal(target);
      const control = target.matches("fieldset") ? target.querySelector("input:not([type=search]), select, textarea") : target;
      (control || target).focus();
      (target.closest(".field") || target).scrollIntoView();
    });
  });
});
summary?.focus();

// A box that filters.
const filterBox = (owner, label, apply) => {
  const box = make("input", { type: "search", className: "filter-box", autocomplete: "off" });
  const name = say("filter", { label: label.trim().replace(/\s+/g, " ") });
  box.setAttribute("aria-label", name);
  box.placeholder = say("type");
  box.setAttribute("aria-controls", owner.id);
  box.addEventListener("input", () => announce(say("shown", apply(box.value))));
  box.addEventListener("search", () => apply(box.value));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "Escape" && box.value) {
      event.preventDefault();
      box.value = "";
      announce(say("shown", apply("")));
    }
  });
  return box;
};

// data-filterable on a select: the native select stays.
const filterSelect = (select) => {
  if (select.options.length < 8) return;
  const options = [...select.options].map((option) => ({ option, parent: option.parentNode }));
  const groups = all("optgroup", select);
  const apply = (query) => {
    const chosen = select.value;
    const fits = matches(query);
    const shown = options.filter(({ option }) => fits(option.text));
    const keep = options.filter(({ option }) => fits(option.text) || option.selected || !option.value);
    options.forEach(({ option }) => option.remove());
    groups.forEach((group) => group.remove());
    keep.forEach(({ option, parent }) => {
      if (parent !== select && !parent.isConnected) select.append(parent);
      parent.append(option);
    });
    if (!select.multiple) {
      select.value = chosen;
      if (query) select.size = Math.max(2, Math.min(7, keep.length));
      else select.removeAttribute("size");
    }
    return { n: number.format(shown.length), all: number.format(options.filter(({ option }) => option.value).length) };
  };
  const box = filterBox(select, select.labels[0]?.firstChild?.textContent || "", apply);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    const fits = matches(box.value);
    const first = [...select.options].find((option) => option.value && fits(option.text));
    if (box.value && first && !select.multiple) {
      select.value = first.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    select.focus();
  });
  const settle = () => {
    if (!box.value || select.multiple) return;
    box.value = "";
    apply("");
  };
  select.addEventListener("blur", settle);
  select.addEventListener("click", (event) => event.target.tagName === "OPTION" && settle());
  select.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !box.value) return;
    event.preventDefault();
    settle();
  });
  select.before(box);
};
all("select[data-filterable]").forEach(filterSelect);

// data-filterable-list on a group of tiles.
const filterList = (group) => {
  const tiles = all(".tile", group);
  if (tiles.length < 8) return;
  const apply = (query) => {
    const fits = matches(query);
    tiles.forEach((tile) => (tile.hidden = !fits(tile.textContent) && !tile.querySelector(":checked")));
    all(".group", group).forEach((heading) => {
      let next = heading.nextElementSibling;
      while (next?.matches(".tile[hidden]")) next = next.nextElementSibling;
      heading.hidden = !next?.matches(".tile");
    });
    return { n: number.format(tiles.filter((tile) => !tile.hidden).length), all: number.format(tiles.length) };
  };
  group.querySelector(".tiles")?.before(filterBox(group, group.querySelector("legend")?.firstChild?.textContent || "", apply));
};
all("[data-filterable-list]").forEach(filterList);

// data-late on a button that would fetch the rest of a list by sending the form: it comes when its fold opens.
// What is chosen stays chosen, also what the list does not have.
const fillSelect = (select, from) => {
  const chosen = select.value;
  const known = [...from.options].some((option) => option.value === chosen);
  const rest = known ? [] : [...select.options].filter((option) => option.value);
  select.replaceChildren(...[...from.children].map((child) => child.cloneNode(true)), ...rest);
  select.value = chosen;
  filterSelect(select);
};
const fillTiles = (group, from) => {
  const chosen = all("input:checked", group).map((input) => input.value);
  const place = group.querySelector(".tiles");
  const known = all("input", from).map((input) => input.value);
  const rest = all(".tile", place).filter((tile) => !known.includes(tile.querySelector("input").value));
  rest.forEach((tile) => (tile.htmlFor = tile.querySelector("input").id += "-kept"));
  place.replaceChildren(...rest, ...from.children);
  all("input", place).forEach((input) => (input.checked = chosen.includes(input.value)));
  filterList(group);
};
all("[data-late]").forEach((button) => {
  const group = button.closest("fieldset");
  const fold = button.closest("details");
  const fetched = async () => {
    if (!fold.open || !button.isConnected) return;
    try {
      const answer = await fetch(button.dataset.late, { redirect: "error" });
      const page = new DOMParser().parseFromString((await answer.json()).html, "text/html");
      const from = page.querySelector("select, .tiles");
      if (!from || !button.isConnected) return;
      if (from.matches("select")) all("select", group).forEach((select) => fillSelect(select, from));
      else fillTiles(group, from);
      if (document.activeElement === button) (group.querySelector("input, select") || group).focus();
      button.remove();
    } catch {
      // The button still brings it.
    }
  };
  fold.addEventListener("toggle", fetched);
  fetched();
});

// data-count with data-maxlength on a textarea or input: nothing is cut, the person is told.
all("[data-count][data-maxlength]").forEach((control) => {
  const most = Number(control.dataset.maxlength);
  const line = document.getElementById(`${control.id}-count`) || make("p", { className: "count-left", id: `${control.id}-count` });
  if (!line.isConnected) control.after(line);
  describe(control, line.id);
  const update = (event) => {
    const left = most - [...control.value.replace(/\r?\n/g, "\n")].length;
    line.textContent = say(left < 0 ? "over" : "left", { n: number.format(Math.abs(left)) });
    line.classList.toggle("over", left < 0);
    if (event && left <= most / 10) announce(line.textContent);
  };
  control.addEventListener("input", update);
  update();
});

// data-proposes on "who asked": marks the provision's tile, ticks nothing.
all("[data-proposes]").forEach((source) => {
  const map = JSON.parse(source.dataset.proposes);
  const place = document.getElementById(source.dataset.proposesIn) || source.closest("form") || document;
  const update = (event) => {
    all(".proposed", place).forEach((tile) => {
      tile.classList.remove("proposed");
      tile.querySelector(".proposal")?.remove();
    });
    const chosen = source.matches("select") ? [source.value] : all("input:checked", source).map((input) => input.value);
    const codes = chosen.flatMap((code) => map[code] || []);
    const named = all("input[type=checkbox], input[type=radio]", place)
      .filter((input) => codes.includes(input.value) && !source.contains(input))
      .map((input) => {
        const tile = input.closest(".tile");
        if (!tile) return "";
        tile.classList.add("proposed");
        (tile.querySelector(".tile-text") || tile).append(make("span", { className: "proposal", textContent: say("proposed") }));
        // A proposed tile that is folded away comes to the front, so that the rest may stay folded.
        const front = place.querySelector("[data-front]");
        if (front && !front.contains(tile)) front.prepend(tile.closest(".pick") || tile);
        if (event) reveal(tile);
        return tile.querySelector(".tile-label")?.textContent || input.value;
      });
    if (event && named.length) announce(`${named.join(", ")}: ${say("proposed")}`);
  };
  source.addEventListener("change", update);
  update();
});

// data-shows-for="name:value value": a group that only matters for some answers.
// What was typed in it stays and is sent; a group with an error in it is never hidden.
all("[data-shows-for]").forEach((group) => {
  const [name, list] = group.dataset.showsFor.split(/:(.*)/s);
  const values = list.trim().split(/\s+/);
  const form = group.closest("form");
  const update = (event) => {
    if (event && event.target.name !== name) return;
    const given = new FormData(form).getAll(name);
    const fits = given.some((value) => values.includes(value));
    const was = group.hidden;
    group.hidden = !fits && !group.querySelector(".error");
    if (event && was && !group.hidden) announce(say("more"));
  };
  form.addEventListener("change", update);
  update();
});

// Without a line the browser would put its own page in the place of what was typed. A second press is never stopped: the
// browser may be wrong about the line.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (navigator.onLine || form.method !== "post" || form.dataset.warned) return;
    form.dataset.warned = "yes";
    event.preventDefault();
    event.stopImmediatePropagation();
    const box = make("div", { className: "message warning" });
    box.setAttribute("role", "alert");
    box.append(make("p", { textContent: say("offline") }));
    (form.querySelector(".form-actions") || form).before(box);
    addEventListener("online", () => (box.remove(), delete form.dataset.warned), { once: true });
  },
  true,
);

// data-once on a form: a second press does not send it twice. Buttons stay enabled, so their name and value are sent.
all("form[data-once]").forEach((form) => {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    announce(say("sending"));
    return undefined;
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    all("button", form).forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// Copies of what was typed and has not reached the server: this person's only, gone once the server has them.
const person = document.body.dataset.person;
const copies = {
  name: (id) => `typed:${person}:${id}`,
  // A browser that keeps nothing, or is full, has the server's copy alone.
  attempt: (act) => {
    try {
      return act();
    } catch {
      return undefined;
    }
  },
  names: () => copies.attempt(() => Object.keys(localStorage).filter((name) => name.startsWith("typed:"))) || [],
  keep: (id, copy) => copies.wiped || copies.attempt(() => localStorage.setItem(copies.name(id), JSON.stringify(copy))),
  read: (name) => copies.attempt(() => JSON.parse(localStorage.getItem(name))),
  drop: (name) => copies.attempt(() => localStorage.removeItem(name)),
};
if (person) copies.names().forEach((name) => name.startsWith(copies.name("")) || copies.drop(name));
all("form[action='/sign-out'], form[action='/me/sign-out-everywhere']").forEach((form) =>
  form.addEventListener("submit", () => {
    copies.wiped = true; // nor may the page keep anything on its way out
    copies.names().forEach(copies.drop);
  }),
);
const tokens = () => all("input[name=csrf_token]");
// Sends a copy; the answer, or nothing where the server did not take it.
const deliver = async ({ to, text }) => {
  const sent = new URLSearchParams(text);
  sent.set("csrf_token", tokens()[0]?.value || "");
  try {
    const answer = await fetch(to, { method: "POST", body: sent, keepalive: String(sent).length < 60000, redirect: "error" });
    const told = answer.ok && (await answer.json());
    if (told) tokens().forEach((input) => (input.value = told.token));
    return told || undefined;
  } catch {
    return undefined;
  }
};

// data-keeps on a form: where its text goes while it is typed. The form itself is sent as ever.
const typedIn = (form) => {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("csrf_token");
  return String(fields);
};
all("form[data-keeps]").forEach((form) => {
  const state = form.querySelector(".save-state");
  const id = form.elements.client_id.value;
  let kept = typedIn(form);
  let [near, far, over] = [0, 0, false];
  const copy = () => ({ to: form.dataset.keeps, text: typedIn(form) });
  const save = async () => {
    clearTimeout(far);
    const now = copy();
    if (over || now.text === kept) return;
    copies.keep(id, now);
    const taken = await deliver(now);
    if (taken) {
      kept = now.text;
      if (copies.read(copies.name(id))?.text === kept) copies.drop(copies.name(id));
    } else far = setTimeout(save, 15000);
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    state.textContent = taken ? form.dataset.kept.replace("{time}", time) : form.dataset.here;
  };
  const typed = () => {
    clearTimeout(near);
    clearTimeout(far);
    near = setTimeout(() => copies.keep(id, copy()), 300);
    far = setTimeout(save, 3000);
  };
  ["input", "change"].forEach((kind) => form.addEventListener(kind, typed));
  // What is sent stays here until a later page has heard from the server that it is saved.
  form.addEventListener("submit", () => {
    over = true;
    [near, far].forEach(clearTimeout);
    if (typedIn(form) !== kept) copies.keep(id, copy());
  });
  addEventListener("pageshow", () => (over = false));
  addEventListener("pagehide", save);
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => document.hidden && save());
});

const tellOfDraft = (reference) => {
  const line = make("p", { textContent: `${say("found")} ` });
  line.append(make("a", { href: `/activities/${reference}/edit`, textContent: reference }));
  const box = make("div", { className: "message note" });
  box.append(line);
  document.getElementById("main").prepend(box);
  announce(line.textContent);
};

// Copies that an earlier page left behind go to the server, which offers them on the form's page.
const handOver = async () => {
  const open = document.querySelector("form[data-keeps]");
  const before = open && typedIn(open);
  for (const name of person ? copies.names() : []) {
    const copy = copies.read(name);
    const taken = copy && (await deliver(copy));
    if (!copy || taken) copies.drop(name);
    if (taken?.reference && !location.pathname.includes(taken.reference)) tellOfDraft(taken.reference);
    const offers = taken?.kept && open?.matches("[data-opened]") && open.dataset.keeps === copy.to;
    if (offers && copy.text !== before && typedIn(open) === before) location.reload();
  }
};
handOver();

// data-upload on a form with files: says too much before it is sent, and shows how far the sending is.
const bindUpload = (form) => {
  const told = JSON.parse(form.dataset.upload);
  const state = form.querySelector("[data-state]");
  const [bar, text] = [state.querySelector("progress"), state.querySelector("span")];
  const tell = (line) => {
    state.hidden = false;
    text.textContent = line;
    announce(line);
  };
  const tooMuch = (files) => {
    const large = files.find((file) => file.size > Number(form.dataset.most));
    const sum = files.reduce((total, file) => total + file.size, 0);
    if (large) return told.large.replace("{name}", large.name);
    return sum > Number(form.dataset.together) || files.length > Number(form.dataset.files) ? told.much : "";
  };
  const finish = (request) => {
    if (request.status === 200) return location.assign(JSON.parse(request.responseText).next);
    // The same page with what is wrong in it: its text takes the place of ours.
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    all("form[data-upload]").forEach(bindUpload);
    (document.querySelector(".error-summary") || document.querySelector("main")).focus();
    return undefined;
  };
  let sending = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    const line = tooMuch([...form.querySelector("input[type=file]").files]);
    bar.hidden = Boolean(line);
    if (line) return void tell(line);
    sending = true;
    const request = new XMLHttpRequest();
    const failed = () => {
      sending = false;
      bar.hidden = true;
      tell(told.failed);
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = (100 * loaded) / total;
      tell(loaded < total ? told.sent.replace("{part}", percent.format(loaded / total)) : told.checking);
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", () => (request.responseText ? finish(request) : failed()));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  });
};
all("form[data-upload]").forEach(bindUpload);

// data-child-data-warning: a warning, never a refusal, where text looks like one child's case.
const date = String.raw`\p{Nd}{1,2}\s?[./-]\s?\p{Nd}{1,2}\s?[./-]\s?\p{Nd}{2,4}|\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}|\p{Nd}{1,2}(?:er|st|nd|rd|th)?\s(?:de\s)?\p{L}{3,10}\.?,?\s(?:de\s)?\p{Nd}{4}`;
const born = String.raw`born|d\.?o\.?b|birth|née?|né\(e\)|naissance|nacid[oa]|nació|nacimiento|ولد|مولود|الميلاد`;
const named = String.raw`\p{Lu}[\p{Ll}'’]+(?:\s|-)\p{Lu}[\p{Ll}'’]+`;
const looksLikeCase = [
  new RegExp(String.raw`(?<!\p{L})(?:${born})(?!\p{L})[^.\n]{0,30}?(?:${date})`, "iu"),
  new RegExp(String.raw`(?<!\p{L})(?:[Cc]ase|[Ff]ile|[Dd]ossier|[Aa]ffaire|[Cc]aso|[Ee]xpediente)\s?(?:[Nn][o°º]|[Nn]úm|[Nn]umber|#)\.?\s?[\p{L}\p{Nd}/-]+[^.\n]{0,40}${named}`, "u"),
  new RegExp(String.raw`${named},?\s\(?(?:aged?\s\p{Nd}{1,2}\b|âgée?\sde\s\p{Nd}|de\s\p{Nd}{1,2}\saños)`, "u"),
  /(?:قضية|ملف)\s?رقم\s?[\p{Nd}/-]+/u,
];
all("[data-child-data-warning]").forEach((control) => {
  const line = make("p", { className: "caution", id: `${control.id}-caution`, hidden: true, textContent: say("child") });
  control.after(line);
  const update = (event) => {
    const was = line.hidden;
    line.hidden = !looksLikeCase.some((pattern) => pattern.test(control.value));
    if (was && !line.hidden) {
      describe(control, line.id);
      if (event) announce(line.textContent);
    }
  };
  control.addEventListener("input", update);
  update();
});

// Header menus close as people expect.
const menus = all("details.menu");
const shut = (except) => menus.forEach((menu) => menu !== except && !menu.contains(except) && menu.open && !menu.matches(".narrow") && (menu.open = false));
document.addEventListener("click", (event) => shut(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// data-picture on a link to an SVG file: a button that draws the same picture as PNG, twice as large as on the page.
const asPng = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1] || "chart.svg";
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await answer.text())}`;
  await picture.decode();
  const canvas = make("canvas", { width: picture.naturalWidth * 2, height: picture.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  make("a", { href: canvas.toDataURL("image/png"), download: name.replace(/svg$/, "png") }).click();
};
all("a[data-picture]").forEach((link) => {
  const button = make("button", { type: "button", className: "plain", textContent: link.dataset.picture });
  button.addEventListener("click", () => asPng(link.href).catch(() => location.assign(link.href)));
  link.after(button);
});

// data-copies on a text to be quoted: a button that copies it.
all("[data-copies]").forEach((text) => {
  if (!navigator.clipboard) return;
  const button = make("button", { type: "button", className: "plain", textContent: text.dataset.copies });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = text.dataset.copied;
  });
  text.after(" ", button);
});

// data-again on what tells how far long work is: the page is asked for again. It has no form in which text could be lost.
if (all("[data-again]").length) setTimeout(() => location.reload(), 3000);

// Passkeys: the button is shown where the browser can; what it does is fetched when it is pressed.
all("form[data-passkey-options] [data-passkey]").forEach((button) => {
  if (!window.PublicKeyCredential) return;
  button.hidden = false;
  all("[data-passkey-part]", button.form).forEach((part) => (part.hidden = false));
  button.addEventListener("click", async () => (await import(button.dataset.module)).run(button.form, button));
});
