/** What the ECPDS servers of a soak have seen. */
export interface EcpdsReport {
  /** How many requests each server has had. */
  readonly asked: readonly number[];
}
