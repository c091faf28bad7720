/** Pictures asked for a few at a time: a browser has few connections to one server, and decisions go first. */

const MOST = 2;
const queue: Job[] = [];
let busy = 0;

interface Job {
  image: HTMLImageElement;
  url: string;
  state: "waiting" | "loading" | "over";
}

/** Show a picture when its turn comes; gives what stops it. */
export function showImage(image: HTMLImageElement, url: string): () => void {
  const job: Job = { image, url, state: "waiting" };
  image.removeAttribute("src");
  queue.push(job);
  turn();
  return () => end(job);
}

function turn(): void {
  while (busy < MOST) {
    const job = queue.shift();
    if (!job) return;
    if (job.state !== "waiting") continue;
    job.state = "loading";
    busy++;
    const over = (): void => end(job);
    job.image.addEventListener("load", over, { once: true });
    job.image.addEventListener("error", over, { once: true });
    job.image.src = job.url;
  }
}

function end(job: Job): void {
  if (job.state === "loading") {
    busy--;
    queueMicrotask(turn);
  }
  job.state = "over";
}
