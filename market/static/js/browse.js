// Follows links without leaving the page, while the player at its foot is in use. Whatever is not
// an ordinary page of this host, and anything that goes wrong, is left to the browser.

const PATIENCE = 10_000; // milliseconds
// Pages that hold a form with a token, or send a file: the browser's own way.
const PLAIN = /\/(?:buy|cart|checkout|sign-in|sign-out|preview|download)(?:\/|$)/;

let dock = null;
let running = null; // what aborts the reading of a page

export function start(place) {
  if (dock) return;
  dock = place;
  history.scrollRestoration = "manual";
  note();
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  window.addEventListener("popstate", onPopState);
  window.addEventListener("scrollend", note);
}

const inUse = () => !dock.hidden;

function onClick(event) {
  if (event.defaultPrevented || event.button !== 0 || !inUse()) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[href]");
  if (!link || link.target || link.hasAttribute("download") || isHtmx(link)) return;
  const to = new URL(link.href);
  if (!isOurs(to) || isHere(to)) return;
  event.preventDefault();
  go(to);
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || !inUse() || form.method !== "get" || isHtmx(form)) return;
  const to = new URL(event.submitter?.formAction || form.action);
  if (!isOurs(to)) return;
  to.search = new URLSearchParams(new FormData(form, event.submitter)).toString();
  event.preventDefault();
  go(to);
}

function onPopState(event) {
  if (event.state?.htmx) return;
  if (document.documentElement.dataset.address === location.pathname + location.search) return;
  read(new URL(location.href), { top: event.state?.top ?? 0 });
}

const isHtmx = (element) => element.closest("[hx-get], [hx-boost='true']") !== null;
const isOurs = (to) => to.origin === location.origin && !PLAIN.test(to.pathname);
const isHere = (to) => to.hash && to.pathname === location.pathname && to.search === location.search;

async function go(to) {
  note();
  await read(to, { isNew: true });
}

// Where the reader is on this page, for the way back.
function note() {
  document.documentElement.dataset.address = location.pathname + location.search;
  history.replaceState({ ...history.state, top: scrollY }, "");
}

async function read(to, { isNew = false, top = 0 } = {}) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  document.documentElement.classList.add("is-browsing");
  const timer = setTimeout(() => mine.abort("late"), PATIENCE);
  try {
    const answer = await fetch(to, { headers: { Accept: "text/html" }, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!isPage(answer, page)) throw new Error("not a page of this site");
    await dress(page);
    if (running !== mine) return;
    // What the address says comes first: new parts of the page look at it.
    if (isNew) history.pushState({ top: 0 }, "", answer.url + to.hash);
    swap(page);
    land(to, top);
  } catch {
    if (running === mine) location.assign(to);
  } finally {
    clearTimeout(timer);
    if (running === mine) document.documentElement.classList.remove("is-browsing");
  }
}

function isPage(answer, page) {
  const isHtml = answer.headers.get("Content-Type")?.startsWith("text/html");
  const isSame = new URL(answer.url).origin === location.origin;
  return isHtml && isSame && page.getElementById(dock.id) !== null;
}

// Style sheets of the new page, before it is seen; also those that stand in its body, which would
// come too late there. The old ones go with the old page.
async function dress(page) {
  const has = new Set([...document.head.querySelectorAll("link[rel=stylesheet]")].map((one) => one.href));
  const wanted = [...page.querySelectorAll("link[rel=stylesheet]")].map(absolute);
  const loading = wanted.filter((href) => !has.has(href)).map((href) => new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve); // readable without
    document.head.append(link);
  }));
  await Promise.all(loading);
}

const absolute = (link) => new URL(link.getAttribute("href"), location.href).href;

function swap(page) {
  const root = document.documentElement;
  for (const name of ["lang", "dir", "data-site", "data-card", "data-scheme"]) {
    const value = page.documentElement.getAttribute(name);
    if (value === null) root.removeAttribute(name);
    else root.setAttribute(name, value);
  }
  swapHead(page);
  page.getElementById(dock.id).remove();
  for (const old of [...document.body.children]) if (old !== dock) old.remove();
  document.body.className = page.body.className;
  dock.before(...[...page.body.children].map((one) => document.adoptNode(one)));
  root.dataset.address = location.pathname + location.search;
}

function swapHead(page) {
  document.title = page.title;
  const kept = "link[rel=stylesheet], link[rel=preload], link[rel=expect], script, title";
  const sheets = new Set([...page.querySelectorAll("link[rel=stylesheet]")].map(absolute));
  for (const one of [...document.head.children]) {
    if (!one.matches(kept)) one.remove();
    else if (one.rel === "stylesheet" && !("keep" in one.dataset) && !sheets.has(one.href)) one.remove();
  }
  for (const one of [...page.head.children]) {
    if (!one.matches(kept)) document.head.append(document.adoptNode(one));
    else if (one.matches("script[type=module][src]")) runModule(new URL(one.getAttribute("src"), location.href).href);
  }
}

// A module runs once in a document; htmx is told of the new page.
async function runModule(address) {
  const module = await import(address);
  module.default?.process?.(document.body);
}

// Where a reader of the new page starts: its top, the place that the link names, or where they were.
function land(to, top) {
  const target = to.hash ? document.getElementById(decodeURIComponent(to.hash.slice(1))) : null;
  const main = document.getElementById("content");
  (target ?? main)?.focus({ preventScroll: true });
  if (target) target.scrollIntoView();
  else scrollTo({ top, behavior: "instant" });
  dock.querySelector("[data-page]").textContent = document.title;
}
