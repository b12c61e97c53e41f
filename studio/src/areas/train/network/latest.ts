/**
 * Asks for something slow whenever it is out of date, one request at a time, and rests between requests, so that looking does not
 * hold up what is looked at.
 */
export class Latest<Request, Answer> {
  readonly #ask: (request: Request) => Promise<Answer>;
  readonly #take: (answer: Answer, request: Request) => void;
  readonly #fail: (error: Error) => void;
  readonly #rest: number;
  #wanted: Request | undefined;
  #isBusy = false;

  /** @param rest the pause after a request, as a multiple of the time that it took */
  constructor(
    ask: (request: Request) => Promise<Answer>,
    take: (answer: Answer, request: Request) => void,
    fail: (error: Error) => void,
    rest = 1,
  ) {
    this.#ask = ask;
    this.#take = take;
    this.#fail = fail;
    this.#rest = rest;
  }

  /** Only the last request that comes while another is under way is made. */
  want(request: Request): void {
    this.#wanted = request;
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#wanted !== undefined) {
      const request = this.#wanted;
      this.#wanted = undefined;
      const start = performance.now();
      try {
        const answer = await this.#ask(request);
        this.#take(answer, request);
      } catch (error) {
        this.#fail(error as Error);
      }
      const pause = (performance.now() - start) * this.#rest;
      await new Promise<void>((resolve) => {
        if (pause < 16) requestAnimationFrame(() => resolve());
        else setTimeout(resolve, pause);
      });
    }
    this.#isBusy = false;
  }
}
