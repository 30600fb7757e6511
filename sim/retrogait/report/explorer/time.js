// Playing, stepping, going to a time.

function run(now) {
  if (!view.playing) return;
  if (clock !== null && view.walk) {
    // A tab that slept must not jump.
    const passed = (Math.min(now - clock, 100) / 1000) * view.rate;
    const percent = view.percent + (100 * passed) / view.walk.duration;
    laps += Math.floor(percent / 100);
    view.percent = percent % 100;
    draw(false);
  }
  clock = now;
  requestAnimationFrame(run);
}

function play(playing) {
  view.playing = playing && Boolean(view.walk);
  $("play-sign").firstChild.setAttribute("d", view.playing ? "M2 1h3v10H2zM7 1h3v10H7z" : "M2 1 11 6 2 11z");
  $("play-word").textContent = view.playing ? "Pause" : "Play";
  clock = null;
  if (view.playing) requestAnimationFrame(run);
  else draw(true);
  remember();
}

// Go to a time; what was playing stops there.
function scrub(percent) {
  if (!view.walk) return;
  if (view.playing) play(false);
  // The ends are the first and the last frame, also of a stride that repeats itself.
  const ends = { 0: 0, 100: view.walk.frames - 1 };
  const frame = ends[percent] ?? view.walk.frameAt(percent);
  laps = 0;
  view.percent = view.walk.percents[frame];
  draw(true);
  remember();
}

function step(by) {
  if (!view.walk) return;
  const count = view.walk.frames;
  const frame = view.walk.frameAt(view.percent) + by;
  scrub(view.walk.percents[((frame % count) + count) % count]);
}
