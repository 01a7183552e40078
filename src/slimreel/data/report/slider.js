for (const pair of document.querySelectorAll(".pair")) {
  const range = pair.querySelector("input");
  const move = () => pair.style.setProperty("--at", range.value + "%");
  pair.classList.add("slider");
  range.hidden = false;
  range.addEventListener("input", move);
  move();
}
