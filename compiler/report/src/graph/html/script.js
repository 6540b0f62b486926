"use strict";
(() => {
  const svg = document.querySelector("#picture svg");
  const picture = document.getElementById("picture");
  const about = document.getElementById("about");
  const close = document.getElementById("close");
  const width = Number(svg.getAttribute("width"));
  const height = Number(svg.getAttribute("height"));
  const nodes = [...svg.querySelectorAll(".node")];
  const sectionOf = (id) => document.getElementById("about-" + id);
  document.documentElement.classList.add("scripted");

  // The view: the point of the drawing in the upper left corner, and how large one unit of the drawing is shown.
  const view = { x: 0, y: 0, scale: 1 };
  const between = (low, value, high) => Math.min(Math.max(value, low), high);
  const size = () => ({ wide: picture.clientWidth, tall: picture.clientHeight });

  function show() {
    const { wide, tall } = size();
    const room = 80 / view.scale;
    view.x = between(room - wide / view.scale, view.x, width - room);
    view.y = between(room - tall / view.scale, view.y, height - room);
    svg.setAttribute("viewBox", [view.x, view.y, wide / view.scale, tall / view.scale].join(" "));
  }

  function fit(isWhole) {
    const { wide, tall } = size();
    view.scale = Math.min(wide / width, isWhole ? tall / height : 1.25, 1.25);
    view.x = (width - wide / view.scale) / 2;
    view.y = Math.min(0, (height - tall / view.scale) / 2);
    show();
  }

  function zoom(factor, x, y) {
    const { wide, tall } = size();
    const [left, top] = [x ?? wide / 2, y ?? tall / 2];
    const scale = between(0.1, view.scale * factor, 6);
    view.x += left / view.scale - left / scale;
    view.y += top / view.scale - top / scale;
    view.scale = scale;
    show();
  }

  function move(x, y) {
    view.x -= x / view.scale;
    view.y -= y / view.scale;
    show();
  }

  // Moves the view as little as possible, so that all of a node is visible.
  function reveal(node) {
    const { wide, tall } = size();
    const box = node.getBBox();
    const room = 24 / view.scale;
    view.x = between(box.x + box.width + room - wide / view.scale, view.x, box.x - room);
    view.y = between(box.y + box.height + room - tall / view.scale, view.y, box.y - room);
    show();
  }

  let selected = null;

  function select(id, isFocused) {
    const section = id && sectionOf(id);
    selected = section ? id : null;
    const idsOf = (name) => (section ? section.dataset[name].split(" ") : []);
    const [before, after] = [idsOf("before"), idsOf("after")];
    for (const node of nodes) {
      node.classList.toggle("selected", node.id === selected);
      node.classList.toggle("before", before.includes(node.id));
      node.classList.toggle("after", after.includes(node.id));
      node.setAttribute("aria-pressed", String(node.id === selected));
    }
    svg.classList.toggle("chosen", selected !== null);
    close.classList.toggle("open", selected !== null);
    for (const other of document.querySelectorAll(".about")) {
      other.classList.toggle("open", other === (section || document.getElementById("about-nothing")));
    }
    about.scrollTop = 0;
    history.replaceState(null, "", section ? "#" + section.id : location.pathname + location.search);
    if (section) {
      reveal(document.getElementById(id));
      if (isFocused) section.querySelector("h2").focus();
    }
  }

  function leave() {
    const node = selected && document.getElementById(selected);
    select(null, false);
    if (node) node.focus();
  }

  for (const node of nodes) {
    const section = sectionOf(node.id);
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    node.setAttribute("aria-controls", section.id);
    node.setAttribute("aria-label", section.dataset.name);
    // A press also focuses. If the view moved then, the press would end beside the node.
    node.addEventListener("focus", () => node.matches(":focus-visible") && reveal(node));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(node.id, true);
    });
  }

  about.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#about-']");
    if (!link) return;
    event.preventDefault();
    select(link.getAttribute("href").slice("#about-".length), true);
  });

  // One pointer moves the drawing, two pointers zoom it. A press without movement selects a node.
  const pointers = new Map();
  let hasMoved = false;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) hasMoved = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY });
  });
  svg.addEventListener("pointermove", (event) => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer) return;
    const [x, y] = [event.clientX - pointer.x, event.clientY - pointer.y];
    if (!hasMoved && Math.hypot(event.clientX - pointer.startX, event.clientY - pointer.startY) < 4) return;
    if (!hasMoved) {
      hasMoved = true;
      picture.classList.add("moving");
      svg.setPointerCapture(event.pointerId);
    }
    if (pointers.size === 1) {
      move(x, y);
    } else {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const frame = picture.getBoundingClientRect();
      zoom(now / Math.max(before, 1), (event.clientX + other.x) / 2 - frame.left, (event.clientY + other.y) / 2 - frame.top);
      move(x / 2, y / 2);
    }
    pointer.x = event.clientX;
    pointer.y = event.clientY;
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) picture.classList.remove("moving");
  };
  svg.addEventListener("pointerup", lift);
  svg.addEventListener("pointercancel", lift);
  svg.addEventListener("click", (event) => {
    if (hasMoved) return;
    const node = event.target.closest(".node");
    select(node ? node.id : null, false);
  });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      const frame = picture.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * lines / 300), event.clientX - frame.left, event.clientY - frame.top);
    } else if (event.shiftKey && event.deltaX === 0) {
      move(-event.deltaY * lines, 0);
    } else {
      move(-event.deltaX * lines, -event.deltaY * lines);
    }
  }, { passive: false });

  const tools = { nearer: () => zoom(1.25), farther: () => zoom(0.8), whole: () => fit(true) };
  for (const [name, act] of Object.entries(tools)) document.getElementById(name).addEventListener("click", act);
  close.addEventListener("click", leave);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return leave();
    if (about.contains(event.target)) return;
    const acts = {
      "+": tools.nearer, "=": tools.nearer, "-": tools.farther, "0": tools.whole,
      ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0),
      ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  addEventListener("resize", show);
  addEventListener("beforeprint", () => svg.setAttribute("viewBox", [0, 0, width, height].join(" ")));
  addEventListener("afterprint", show);
  fit(false);
  const wanted = location.hash.startsWith("#about-p") ? location.hash.slice("#about-".length) : null;
  select(wanted, false);
})();
