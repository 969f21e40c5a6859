// Keeps what is being written in a form with data-draft="address": at most five seconds after a change, and on leaving.
// The server keeps it for this user, this form and this person; opened again, the form has it, with a bar to take it
// back. Hidden fields, files and passwords are not kept. Without script a form that is sent after the session has ended
// is kept all the same.
"use strict";
(() => {
  const WAIT = 5000, KEEPALIVE_MOST = 60000;
  const NEVER = new Set(["hidden", "file", "password", "submit", "button", "image", "reset"]);
  const DANISH = {
    kept: (clock) => `Kladde gemt ${clock}`,
    fetched: (when) => `Kladde fra ${when} er hentet.`,
    undo: "Fortryd",
    undone: "Kladden er smidt væk.",
    failed: "Kladden er ikke gemt; der prøves igen.",
    signedOut: "Du er logget ud. Kladden gemmes i denne browser, til du logger ind igen.",
    signIn: "Log ind",
    other: "Et andet vindue har skrevet i den samme formular. Det, der står her, gælder; det andet er gemt:",
  };
  const ENGLISH = {
    kept: (clock) => `Draft kept ${clock}`,
    fetched: (when) => `The draft from ${when} has been fetched.`,
    undo: "Undo",
    undone: "The draft has been thrown away.",
    failed: "The draft is not kept yet; trying again.",
    signedOut: "You are signed out. The draft is kept in this browser until you sign in again.",
    signIn: "Sign in",
    other: "Another window has written in the same form. What stands here counts; the other text is kept:",
  };
  const lang = document.documentElement.lang;
  const words = lang === "en" ? ENGLISH : DANISH;
  const key = [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join("");

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const clock = (moment) => moment.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  const when = (moment) => {
    const today = moment.toDateString() === new Date().toDateString();
    const day = moment.toLocaleDateString(lang, { day: "numeric", month: "long" });
    return today ? clock(moment) : `${day} ${clock(moment)}`;
  };
  const token = (form) =>
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.querySelector("[name=csrfmiddlewaretoken]").value;
  const typed = (form) => [...form.elements].filter((one) => one.name && !NEVER.has(one.type));
  const read = (form) => typed(form).flatMap((one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked ? [[one.name, one.value]] : [];
    if (one.type === "select-multiple") return [...one.selectedOptions].map((chosen) => [one.name, chosen.value]);
    return [[one.name, one.value]];
  });
  function put(form, fields) {
    const values = new Map();
    fields.forEach(([name, value]) => values.set(name, [...(values.get(name) ?? []), value]));
    typed(form).forEach((one) => {
      const wanted = values.get(one.name);
      if (one.type === "checkbox" || one.type === "radio") one.checked = wanted?.includes(one.value) ?? false;
      else if (one.type === "select-multiple") [...one.options].forEach((each) => { each.selected = wanted?.includes(each.value) ?? false; });
      else if (wanted?.length) one.value = wanted.shift();
    });
  }

  function watch(form) {
    const address = new URL(form.action, location.href).pathname + (form.id ? `#${form.id}` : "");
    const url = `${form.dataset.draft}?${new URLSearchParams({ formular: address })}`;
    const filled = "draftFilled" in form.dataset;
    const before = read(form);
    const pristine = filled ? "" : JSON.stringify(before);
    let last = JSON.stringify(before), seen = 0, timer = 0, submitted = false, kept = filled;

    const state = element("p", "form-hint draft-state");
    state.setAttribute("role", "status");
    const beside = element("div", "draft-other");
    form.append(state, beside);
    const named = element("input");
    Object.assign(named, { type: "hidden", name: "kladde", value: address });
    form.append(named);

    const send = (fields, more) => fetch(url, {
      method: "POST",
      body: new URLSearchParams([...fields, ["kladde-formular", address], ["kladde-vindue", key], ["kladde-set", String(seen)], ...more]),
      headers: { "X-CSRFToken": token(form) },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: JSON.stringify(fields).length < KEEPALIVE_MOST,
    });

    function showOther(fields) {
      beside.replaceChildren();
      if (!fields?.length) return;
      const list = element("dl", "facts");
      const mine = new Map(read(form));
      fields.filter(([name, value]) => value && mine.get(name) !== value).forEach(([name, value]) => {
        const field = form.elements[name];
        const label = field?.id && form.querySelector(`label[for="${field.id}"]`);
        const row = element("div");
        row.append(element("dt", "", label ? label.textContent.trim() : name), element("dd", "", value));
        list.append(row);
      });
      if (!list.children.length) return;
      beside.className = "draft-other alert alert-warning";
      const body = element("div", "alert-body");
      body.append(element("p", "alert-text", words.other), list);
      beside.append(body);
    }

    function keep() {
      clearTimeout(timer);
      timer = 0;
      if (submitted) return;
      const fields = read(form), text = JSON.stringify(fields);
      if (text === last) return;
      if (text === pristine && !kept) { last = text; return; }
      const emptied = text === pristine;
      last = text;
      send(emptied ? [] : fields, emptied ? [["kladde-smid", "1"]] : [])
        .then((answer) => {
          if (answer.type === "opaqueredirect") {
            const link = element("a", "", words.signIn);
            link.href = location.href;
            state.replaceChildren(words.signedOut, " ", link);
            return null;
          }
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.json();
        })
        .then((told) => {
          if (!told) return;
          kept = !emptied;
          seen = told.edits ?? 0;
          state.textContent = told.refused ?? (emptied ? words.undone : words.kept(clock(new Date(told.saved))));
          showOther(told.other);
        })
        .catch(() => {
          last = "";
          state.textContent = words.failed;
          later();
        });
    }
    const later = () => { timer ||= setTimeout(keep, WAIT); };

    function restore(told) {
      if (told.edits === undefined) return;
      seen = told.edits;
      kept = true;
      showOther(told.other);
      // What was typed before the draft came is later than it.
      if (filled || JSON.stringify(read(form)) !== JSON.stringify(before)) return;
      put(form, told.fields);
      last = JSON.stringify(read(form));
      if (last === pristine) return;
      const bar = element("div", "alert alert-info draft-bar");
      bar.setAttribute("role", "status");
      const body = element("div", "alert-body");
      const said = element("p", "alert-text", `${words.fetched(when(new Date(told.saved)))} `);
      const undo = element("button", "function-link", words.undo);
      undo.type = "button";
      undo.addEventListener("click", () => {
        put(form, before);
        last = pristine;
        kept = false;
        send([], [["kladde-smid", "1"]]).then(() => { seen = 0; });
        beside.replaceChildren();
        bar.remove();
        state.textContent = words.undone;
        typed(form)[0]?.focus();
      });
      said.append(undo);
      body.append(said);
      bar.append(body);
      form.before(bar);
      showOther(told.other);
    }

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", () => { submitted = true; clearTimeout(timer); });
    window.addEventListener("pageshow", () => { submitted = false; });
    window.addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
    fetch(url, { credentials: "same-origin", redirect: "manual" })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .then(restore)
      .catch(() => { /* without the draft the form is as the page has it */ });
    if (filled) { last = ""; later(); }
  }

  document.querySelectorAll("form[data-draft]").forEach(watch);
})();
