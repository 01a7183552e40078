// What this service takes, as it says itself: asked for once, when somebody is told of it.
import * as calls from "../api/calls";

class Limits {
  #upload = $state(0);
  #isAsked = false;

  /** The largest file in bytes; 0 while it is not known. */
  get upload(): number {
    if (!this.#isAsked) {
      this.#isAsked = true;
      calls.readLimits().then((found) => (this.#upload = found.max_upload_bytes), () => (this.#isAsked = false));
    }
    return this.#upload;
  }
}

export const limits = new Limits();
