// What the browser keeps between visits. Where it keeps nothing, the page works for as long as it is open.

const PREFIX = "slimreel.";
const memory = new Map<string, string>();

function store(place: "local" | "session") {
  const area = () => (place === "local" ? localStorage : sessionStorage);
  return {
    get(name: string): string | null {
      try {
        return area().getItem(PREFIX + name);
      } catch {
        return memory.get(place + name) ?? null;
      }
    },
    set(name: string, value: string | null): void {
      try {
        if (value === null) area().removeItem(PREFIX + name);
        else area().setItem(PREFIX + name, value);
      } catch {
        if (value === null) memory.delete(place + name);
        else memory.set(place + name, value);
      }
    },
  };
}

/** For this browser. */
export const kept = store("local");
/** For this tab alone. */
export const keptInTab = store("session");
