Feature: Convergent keys
  A convergent key encrypts the same plaintext under the same context to the same ciphertext.

  Scenario Outline: The same text under the same context gives the same ciphertext, <way>
    Given a convergent key with a token set
    When the context is "invoice 7"
    And I encrypt the same 32 bytes twice <way>
    Then the ciphertexts are the same

    @KMS2-ENC-020
    Examples: API 2.0
      | way                   |
      | with the account      |
      | with the access token |

    @KMS1-V1-018
    Examples: API 1.0
      | way          |
      | over API 1.0 |

  @KMS2-ENC-021
  Scenario: Another context gives another ciphertext of the same text
    Given a convergent key
    When the context is "invoice 7"
    And I encrypt the text "paid" with the account
    And the ciphertext is noted
    And the context is "invoice 8"
    And I encrypt the text "paid" with the account
    Then the ciphertext is another

  Scenario Outline: Under its context a ciphertext of a convergent key decrypts, <way>
    Given a convergent key with a token set
    When the context is "invoice 7"
    And I encrypt 32 bytes <way>
    And I decrypt the ciphertext <way>
    Then the plaintext comes back

    @KMS2-DEC-006
    Examples: API 2.0
      | way                   |
      | with the account      |
      | with the access token |

    @KMS1-V1-018
    Examples: API 1.0
      | way          |
      | over API 1.0 |

  Scenario Outline: Under another context it does not <use>, <way>
    Given a convergent key with a token set
    And the context is "invoice 7"
    And the key serves the account
    When the context is "invoice 8"
    And I <use> <way>
    Then the call is refused

    @KMS2-DEC-007
    Examples: API 2.0
      | use        | way                   |
      | decrypt    | with the account      |
      | decrypt    | with the access token |
      | re-encrypt | with the account      |

    @KMS1-V1-018
    Examples: API 1.0
      | use     | way          |
      | decrypt | over API 1.0 |

  Scenario Outline: Without a context a convergent key does not <use>, <way>
    Given a convergent key with a token set
    And the context is "invoice 7"
    And the key serves the account
    When there is no context
    And I <use> <way>
    Then the call is refused

    @KMS2-ENC-022
    Examples: API 2.0
      | use                          | way                   |
      | encrypt                      | with the account      |
      | encrypt                      | with the access token |
      | decrypt                      | with the account      |
      | create a custom key          | with the account      |
      | create a custom key          | with the access token |
      | re-encrypt                   | with the account      |
      | re-encrypt by the other path | with the account      |

    @KMS1-V1-018
    Examples: API 1.0
      | use                 | way          |
      | encrypt             | over API 1.0 |
      | decrypt             | over API 1.0 |
      | create a custom key | over API 1.0 |
      | re-encrypt          | over API 1.0 |

  @KMS2-ENC-023
  Scenario: A missing context is a bad request
    Given a convergent key
    When I encrypt with the account
    Then the call is refused as a bad request

  Scenario Outline: A context of <size> bytes is <answer>
    Given a convergent key
    When the context has <size> bytes
    And I encrypt with the account
    Then the call is <answer>

    @KMS2-ENC-024
    Examples: where every reading of 50 bytes agrees
      | size | answer   |
      | 1    | accepted |
      | 36   | accepted |
      | 51   | refused  |
      | 500  | refused  |

    @KMS2-ENC-025
    Examples: counted before base64
      | size | answer   |
      | 50   | accepted |

    @KMS2-ENC-026
    Examples: an empty one
      | size | answer  |
      | 0    | refused |

  @KMS2-ENC-027
  Scenario: Under one context two texts share no nonce
    Given a convergent key
    When the context is "invoice 7"
    And I encrypt the text "paid" with the account
    And the ciphertext is noted
    And I encrypt the text "owed" with the account
    Then its nonce is another

  @KMS2-CUS-001
  Scenario: A convergent key makes custom keys under a context
    Given a convergent key
    And the context is "invoice 7"
    When I create a custom key with its plaintext with the account
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-REE-006
  Scenario: Encrypted anew, a text has the ciphertext that the newest version gives it
    Given a convergent key
    And the context is "invoice 7"
    And I encrypt the text "paid" with the account
    And the key is rotated
    When I re-encrypt the ciphertext with the account
    And the ciphertext is noted
    And I encrypt the text "paid" with the account
    Then the ciphertext is as noted

  @KMS2-KEY-022
  Scenario Outline: Asked for a convergent <kind> key, none is made
    When I ask for a convergent key of type <kind>
    Then the key that was made, if any, is not convergent

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-KEY-023
  Scenario Outline: Asking for a convergent <kind> key is a bad request
    When I ask for a convergent key of type <kind>
    Then the call is refused as a bad request

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-KEY-024
  Scenario: A key is convergent where that was asked for
    When I create a convergent key
    Then the call is accepted
    And the answer says that the key is convergent
    When I create a key
    Then the answer says that the key is not convergent

  @KMS2-ENC-032
  Scenario Outline: A context that is <flaw> is refused
    Given a convergent key
    When I encrypt under the raw context <text> with the account
    Then the call is refused

    Examples:
      | flaw      | text     |
      | no base64 | "%%%%"   |
      | a number  | 12345678 |
      | a list    | ["QQ=="] |
