for (const pair of document.querySelectorAll(".pair")) {
  const range = pair.querySelector("input");
  const move = () => pair.style.setProperty("--at", range.value + "%");
  const point = (event) => {
    const box = pair.getBoundingClientRect();
    if (event.target === range || (event.pointerType === "mouse" && !event.buttons)) return;
    range.value = 100 * (event.clientX - box.left) / box.width;
    move();
  };
  pair.classList.add("slider");
  range.hidden = false;
  range.addEventListener("input", move);
  pair.addEventListener("pointerdown", point);
  pair.addEventListener("pointermove", point);
  pair.addEventListener("dragstart", (event) => event.preventDefault());
  move();
}
