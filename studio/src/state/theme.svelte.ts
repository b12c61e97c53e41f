/** Light or dark: what was chosen, else what the system prefers. */
const KEY = "fovea-theme";

export type Theme = "light" | "dark";

class ThemeState {
  #theme = $state<Theme>(preferred());

  constructor() {
    this.#show();
  }

  get current(): Theme {
    return this.#theme;
  }

  toggle(): void {
    this.#theme = this.#theme === "light" ? "dark" : "light";
    localStorage.setItem(KEY, this.#theme);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.#theme;
  }
}

function preferred(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const theme = new ThemeState();
