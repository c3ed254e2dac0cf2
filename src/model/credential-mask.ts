/**
 * What v3 shows in place of a sealed credential. Sent back in an update it keeps the stored value, so that a client
 * may read a destination, change one property and write the whole back.
 */
export const credentialMask = '**********';
