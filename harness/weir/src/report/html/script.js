"use strict";
(() => {
  const form = document.getElementById("controls");
  const findings = [...document.querySelectorAll(".finding")];
  const count = document.getElementById("count");
  const texts = findings.map((finding) => finding.textContent.toLowerCase());
  const show = () => {
    const chosen = new FormData(form);
    const verdicts = new Set(chosen.getAll("verdict"));
    const words = chosen.get("words").toLowerCase().split(/\s+/).filter(Boolean);
    const topic = chosen.get("topic");
    const level = chosen.get("level");
    let shown = 0;
    findings.forEach((finding, at) => {
      const { verdict, topic: own, levels } = finding.dataset;
      const fits = verdicts.has(verdict) && (!topic || own === topic) && (!level || levels.split(" ").includes(level))
        && words.every((word) => texts[at].includes(word));
      finding.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.textContent = `${shown} of ${findings.length} are shown`;
  };
  // A link to a finding opens it, whatever is chosen.
  const open = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named?.classList.contains("finding")) {
      named.hidden = false;
      named.open = true;
      named.scrollIntoView();
    }
  };
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
  addEventListener("hashchange", open);
  open();
})();
