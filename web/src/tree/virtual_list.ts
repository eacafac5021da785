// Which rows of a long list with rows of one height are worth drawing.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

export interface Window {
  first: number;
  /** Behind the last one. */
  end: number;
}

export function windowOf(scrollTop: number, height: number, rowHeight: number, count: number, overscan: number): Window {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + overscan);
  return { first: Math.min(first, Math.max(0, end)), end: Math.max(end, 0) };
}

const kOverscan = 10;

export function useWindow(scroller: RefObject<HTMLElement | null>, rowHeight: number, count: number): Window & { reveal(index: number): void } {
  const [shown, setShown] = useState<Window>({ first: 0, end: Math.min(count, 60) });
  const frame = useRef(0);
  const measure = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    // Without a layout (tests) the height is 0: then everything up to a screenful is drawn.
    const next = windowOf(element.scrollTop, element.clientHeight || 1200, rowHeight, count, kOverscan);
    setShown((now) => (now.first === next.first && now.end === next.end ? now : next));
  }, [scroller, rowHeight, count]);
  useLayoutEffect(measure, [measure]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const soon = () => {
      cancelAnimationFrame(frame.current);
      frame.current = requestAnimationFrame(measure);
    };
    element.addEventListener("scroll", soon, { passive: true });
    const resized = new ResizeObserver(soon);
    resized.observe(element);
    return () => {
      cancelAnimationFrame(frame.current);
      element.removeEventListener("scroll", soon);
      resized.disconnect();
    };
  }, [scroller, measure]);
  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (element === null) return;
      const top = index * rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight - element.clientHeight;
    },
    [scroller, rowHeight],
  );
  return { ...shown, reveal };
}
