/** The sum of all bookings, in cents. */
export function balance(bookings) {
  return bookings.reduce((sum, booking) => sum + booking, 0);
}
