Feature: Tokens that nobody issued
  A token counts only as the creator signed it, to the last bit.

  Background:
    Given a key with a token set
    And the access token works
    And the refresh token works

  @KMS2-TOK-020
  Scenario Outline: An access token with <flaw> is refused
    When the access token comes back with <flaw>
    Then the forged token is refused for cipher calls

    Examples:
      | flaw                           |
      | a later end                    |
      | no end                         |
      | an earlier start               |
      | another holder                 |
      | another key's name             |
      | other permissions              |
      | a claim more                   |
      | the signature of another token |
      | a bit of its signature off     |
      | half of its signature          |
      | no signature                   |
      | a part more                    |
      | a part less                    |
      | no payload                     |

  @KMS2-TOK-020
  Scenario: A refresh token that calls itself an access token is refused
    When the refresh token comes back with the other kind
    Then the forged token is refused for cipher calls

  @KMS2-REN-010
  Scenario Outline: A refresh token with <flaw> renews nothing
    When the refresh token comes back with <flaw>
    Then the forged token is refused for renewal

    Examples:
      | flaw                                        |
      | a later end                                 |
      | other permissions                           |
      | a bit of its signature off                  |
      | no signature                                |
      | the algorithm none                          |
      | HS256 and an empty secret                   |
      | HS256 and the forger's public key as secret |
      | another signer                              |

  @KMS2-REN-010
  Scenario: An access token that calls itself a refresh token renews nothing
    When the access token comes back with the other kind
    Then the forged token is refused for renewal

  @KMS2-TOK-021 @under-load
  Scenario Outline: <name> as the algorithm is refused
    When the access token comes back with the algorithm <name>
    Then the forged token is refused for cipher calls

    Examples:
      | name |
      | none |
      | None |
      | NONE |
      | nOnE |

  @KMS2-TOK-022
  Scenario Outline: A token signed by HS256 with <secret> is refused
    When the access token comes back with HS256 and <secret>
    Then the forged token is refused for cipher calls

    Examples:
      | secret                            |
      | an empty secret                   |
      | the key tag as secret             |
      | the forger's public key as secret |

  @KMS2-TOK-023
  Scenario Outline: A token of <signer> is refused
    When the access token comes back with <signer>
    Then the forged token is refused for cipher calls

    Examples:
      | signer                              |
      | another signer                      |
      | another signer and RS384            |
      | another signer whose key it carries |
      | another signer whose key it names   |

  @KMS2-TOK-024
  Scenario Outline: <something> in place of a token is refused
    When the access token comes back as <something>
    Then the forged token is refused for cipher calls

    Examples:
      | something         |
      | nothing           |
      | a word            |
      | two dots          |
      | 200 KB of letters |
      | the published one |

  @KMS2-TOK-044
  Scenario: A token behind a scheme word is none
    When the access token comes back with a scheme word before it
    Then the forged token is refused for cipher calls

  @KMS2-TOK-025
  Scenario Outline: A token with <flaw> is unauthorized
    When the access token comes back with <flaw>
    Then the forged token is refused as unauthorized

    Examples:
      | flaw                       |
      | a later end                |
      | a bit of its signature off |
      | the algorithm none         |
      | another signer             |
      | a part less                |

  @KMS2-TOK-025
  Scenario: A missing token is unauthorized
    When I encrypt with no credentials
    Then the call is refused as unauthorized
