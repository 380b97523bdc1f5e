/** How certain it is that a field names an image; strongest first. */
export const confidences = ['certain', 'likely', 'embedded', 'declared'] as const;
export type Confidence = (typeof confidences)[number];
