/** The one type of source that this build has. */
export const importApi = 'import_api';

/** What the original calls its other types; one of these is told apart from a name that nobody ever heard of. */
const platforms = `3plcentral activecampaign adroll adwords amplitude appsflyer asana aurora autopilot bigcommerce
  bing-ads braintree bronto campaign-monitor chargebee chargify circle-ci closeio cloudsql cloudsql_pg clubspeed codat
  covid-19 crossbeam darksky deputy dixa doubleclick-campaign-manager dynamodb ebay eloqua exacttarget facebook
  freshdesk frontapp fullstory ga360 ga4 github gitlab google-ads google-analytics google-search-console google-sheets
  harvest harvest-forecast heap helpscout heroku_pg hp-cloudsql-pg hp-mysql hp-postgres hubspot ilevel impact intacct
  intercom invoiced iterable jira klaviyo kustomer lever linkedin-ads listrak liveperson looker lookml mailchimp
  mailshake mambu mariadb marketo marketobulk mixpanel mongodb ms-teams mssql mysql netsuite netsuite-suite-analytics
  onfleet oracle outbrain outreach pardot pendo pepperjam pipedrive postgres quickbase quickbooks recharge recurly
  referral-saasquatch responsys revinate ringcentral s3-csv saasoptics sailthru salesforce selligent sendgrid sftp
  shiphero shippo shopify slack snapchat-ads square stripe surveymonkey taboola tiktok-ads toggl trello twilio
  twitter-ads typeform ujet urban-airship uservoice workday-raas xero yotpo zendesk zendesk-chat zoom zuora`;

const unavailable: ReadonlySet<string> = new Set(platforms.split(/\s+/).map((name) => `platform.${name}`));

/** Whether the original has a source type of this name that this build cannot run. */
export const isUnavailableSourceType = (type: string): boolean => unavailable.has(type);
