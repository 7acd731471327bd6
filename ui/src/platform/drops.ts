/** Who takes files dropped on the window: the form that asks for some, else a new journey begins. Knows
 *  no screen. */
import { useEffect, useRef } from "react";

let taker: ((paths: string[]) => void) | null = null;

/** True when somebody took them. */
export function takeDrop(paths: string[]): boolean {
  taker?.(paths);
  return taker !== null;
}

/** While this is on screen, what is dropped comes here. */
export function useDrops(take: (paths: string[]) => void): void {
  const now = useRef(take);
  useEffect(() => {
    now.current = take;
  });
  useEffect(() => {
    const own = (paths: string[]) => now.current(paths);
    taker = own;
    return () => {
      if (taker === own) taker = null;
    };
  }, []);
}
