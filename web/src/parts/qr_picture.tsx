import { useMemo } from "react";
import { qrCode, qrPath } from "./qr_code";

const kQuiet = 4;

/** A QR code that a telephone reads: always dark on white, whatever the theme. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const square = useMemo(() => qrCode(text), [text]);
  const size = square.length + 2 * kQuiet;
  return (
    <svg role="img" aria-label={label} className="daikan-qr" viewBox={`${-kQuiet} ${-kQuiet} ${size} ${size}`} shapeRendering="crispEdges">
      <rect x={-kQuiet} y={-kQuiet} width={size} height={size} fill="#fff" />
      <path d={qrPath(square)} fill="#000" />
    </svg>
  );
}
