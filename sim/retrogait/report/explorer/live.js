// Asks the server that sent this page to predict a walk, and adds the answer to the page.

const LOOK = 400; // between two looks at how far it is [ms]

function liveControl(place) {
  const headers = { "Content-Type": "application/json", "X-Retrogait-Token": place.dataset.token };
  const form = $("predict");
  const tell = (text) => {
    if ($("predict-said").textContent !== text) $("predict-said").textContent = text;
  };
  const busy = (on) => {
    $("predict-go").disabled = on;
    $("predict-stop").hidden = !on;
  };

  async function ask(path, content) {
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(content ?? {}) });
    const told = await answer.json();
    if (told.refused) throw new Error(told.refused);
    return told;
  }

  // Follow the prediction to its end and show what it gave.
  async function follow() {
    busy(true);
    try {
      let told = await ask("/progress");
      while (told.state === "running") {
        tell(told.said);
        await new Promise((done) => setTimeout(done, LOOK));
        told = await ask("/progress");
      }
      tell(told.said);
      if (told.state === "done") {
        const answer = await fetch("/walk", { method: "POST", headers, body: "{}" });
        const [walk] = decode(new Uint8Array(await answer.arrayBuffer())).walks;
        addWalk(walk);
        const alone = view.ghost === GHOST_OTHER && !ghostOf();
        if (alone) fill({ ...walk, direction: walk.direction === "retro" ? "forward" : "retro" });
        tell(`${walkWords(walk)}: predicted in ${told.seconds} s and added to this page${alone ? "; next, the other direction to compare it with?" : ""}`);
      }
    } catch (error) {
      complain(error);
    }
    busy(false);
  }

  function complain(error) {
    const gone = error instanceof TypeError;
    tell(gone ? "the server does not answer; start `retrogait explore --live` again" : error.message);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell("asking");
    try {
      await ask("/predict", Object.fromEntries(new FormData(form)));
    } catch (error) {
      complain(error);
      return;
    }
    await follow();
  });
  $("predict-stop").addEventListener("click", () => ask("/cancel").catch(complain));
  const fill = (condition) => {
    for (const name of ["direction", "speed", "incline"]) form.elements[name].value = condition[name] ?? "";
  };
  fill({ direction: "retro", speed: 0.9, incline: 3 });
  addEventListener("missing", (event) => fill(event.detail)); // what the sliders asked for in vain
  // A page that was loaded again goes on watching.
  ask("/progress").then((told) => told.state === "running" && follow()).catch(complain);
}

if ($("live")) liveControl($("live"));
