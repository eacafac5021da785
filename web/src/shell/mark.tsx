/** The sign of this program: one server above two. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" className="daikan-logo">
      <rect width="32" height="32" rx="7" />
      <path d="M16 11v4M16 15H9v5M16 15h7v5" />
      <rect x="12.5" y="5" width="7" height="6" rx="1.4" />
      <rect x="5.5" y="20" width="7" height="6" rx="1.4" />
      <rect x="19.5" y="20" width="7" height="6" rx="1.4" />
    </svg>
  );
}
