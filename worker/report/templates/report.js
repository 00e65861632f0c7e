"use strict";
for (const tools of document.querySelectorAll("[data-tools]")) {
  const frames = [...tools.parentElement.querySelectorAll("svg.f")];
  const [find, all, said] = [tools.querySelector("input"), tools.querySelector("button"), tools.querySelector("output")];
  const places = new Map(frames.map((frame) => [frame, {
    left: parseFloat(frame.getAttribute("x")),
    width: parseFloat(frame.getAttribute("width")),
    level: parseFloat(frame.getAttribute("y")),
  }]));
  const show = (graph, chosen) => {
    const slack = 1e-3;
    for (const frame of graph.querySelectorAll("svg.f")) {
      const at = places.get(frame);
      const above = at.level < chosen.level && at.left <= chosen.left + slack && at.left + at.width >= chosen.left + chosen.width - slack;
      const below = at.level >= chosen.level && at.left >= chosen.left - slack && at.left + at.width <= chosen.left + chosen.width + slack;
      const width = above ? 100 : (at.width / chosen.width) * 100;
      frame.setAttribute("x", (above ? 0 : ((at.left - chosen.left) / chosen.width) * 100) + "%");
      frame.setAttribute("width", width + "%");
      frame.classList.toggle("gone", !above && !below);
      frame.classList.toggle("outer", above);
      frame.classList.toggle("slim", width < 4);
      frame.classList.toggle("small", width < 14);
    }
  };
  const graphs = tools.parentElement.querySelectorAll("[data-flame]");
  const whole = { left: 0, width: 100, level: 0 };
  const mark = () => {
    const wanted = find.value.trim().toLowerCase();
    let hits = 0;
    for (const frame of frames) {
      const hit = wanted !== "" && frame.querySelector("title").textContent.toLowerCase().includes(wanted);
      frame.classList.toggle("hit", hit);
      hits += hit;
    }
    said.textContent = wanted === "" ? "" : hits + " found";
  };
  for (const graph of graphs) {
    graph.addEventListener("click", (event) => {
      const frame = event.target.closest("svg.f");
      if (frame) show(graph, places.get(frame));
    });
  }
  find.addEventListener("input", mark);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    for (const graph of graphs) {
      const hits = [...graph.querySelectorAll("svg.hit")].sort((a, b) => places.get(b).width - places.get(a).width);
      if (hits.length) show(graph, places.get(hits[0]));
    }
  });
  all.addEventListener("click", () => {
    find.value = "";
    mark();
    for (const graph of graphs) show(graph, whole);
  });
  tools.hidden = false;
}
