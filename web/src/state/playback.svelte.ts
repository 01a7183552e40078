// Where the player stands. One video leads, the other follows it; without a video there is only a place in time.

const FOLLOW_S = 0.04;

class Playback {
  time = $state(0);
  length = $state(0);
  fps = $state(25);
  isPlaying = $state(false);
  isMuted = $state(false);
  zoom = $state(1);
  #lead = $state.raw<HTMLVideoElement | null>(null);
  #follow: HTMLVideoElement | null = null;

  get canPlay(): boolean {
    return this.#lead !== null;
  }

  attach(lead: HTMLVideoElement | null, follow: HTMLVideoElement | null, length: number, fps: number): () => void {
    this.#lead = lead;
    this.#follow = follow;
    this.length = length;
    this.fps = fps || 25;
    if (this.time > length) this.time = 0;
    if (lead) lead.currentTime = this.time;
    this.#tuned();
    let frame = 0;
    const look = () => {
      this.#look();
      frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => {
      cancelAnimationFrame(frame);
      lead?.pause();
      follow?.pause();
      this.isPlaying = false;
      if (this.#lead === lead) this.#lead = this.#follow = null;
    };
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play(): void {
    if (!this.#lead) return;
    if (this.#lead.ended) this.seek(0);
    void this.#lead.play().catch(() => {});
    void this.#follow?.play().catch(() => {});
    this.#tuned();
  }

  pause(): void {
    this.#lead?.pause();
    this.#follow?.pause();
  }

  mute(): void {
    this.isMuted = !this.isMuted;
    this.#tuned();
  }

  seek(seconds: number): void {
    this.time = Math.min(Math.max(0, seconds), this.length);
    if (this.#lead) this.#lead.currentTime = this.time;
    if (this.#follow) this.#follow.currentTime = this.time;
  }

  step(frames: number): void {
    this.pause();
    this.seek(this.time + frames / this.fps);
  }

  #tuned(): void {
    if (this.#lead) this.#lead.muted = this.isMuted;
    if (this.#follow) this.#follow.muted = true;
  }

  #look(): void {
    const lead = this.#lead;
    if (!lead) return;
    this.isPlaying = !lead.paused && !lead.ended;
    if (this.isPlaying) this.time = lead.currentTime;
    const follow = this.#follow;
    if (!follow) return;
    const off = Math.abs(follow.currentTime - lead.currentTime);
    if (off > FOLLOW_S && !follow.seeking && (this.isPlaying ? off > FOLLOW_S * 4 : true)) {
      follow.currentTime = lead.currentTime;
    }
    if (!this.isPlaying && !follow.paused) follow.pause();
    if (this.isPlaying && follow.paused && !follow.ended) void follow.play().catch(() => {});
  }
}

export const playback = new Playback();
